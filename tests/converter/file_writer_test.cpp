// SPDX-License-Identifier: Apache-2.0
#include "converter/file_writer.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/models.h"
#include "tests/support/process.h"

namespace padproof::test {
namespace {

using converter::FileWriter;
using converter::PageCache;

constexpr std::size_t kMega = std::size_t{1} << 20;

/// No two blocks alike.
std::string some_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24U);
  }
  return bytes;
}

struct Descriptor {
  explicit Descriptor(const std::string& path, int flags = 0)
      : number(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | flags, 0600)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number); }
  int number;
};

void write(FileWriter& writer, const std::string& bytes, std::size_t piece) {
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto written = writer.write(std::string_view(bytes).substr(at, piece));
    REQUIRE(written.has_value());
  }
  const auto finished = writer.finish();
  REQUIRE(finished.has_value());
}

}  // namespace

TEST_CASE("a file holds what was written, whatever the pieces and with or without the cache") {
  const TemporaryFolder folder;
  // /dev/shm is memory, which some kernels cannot bypass.
  for (const std::string& path : {folder.file("f"), "/dev/shm/padproof-" + std::to_string(::getpid())}) {
    for (const PageCache cache : {PageCache::kKeep, PageCache::kBypass}) {
      for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096},
                                     std::size_t{4097}, kMega - 1, kMega, kMega + 1, 3 * kMega + 4096 + 17}) {
        for (const std::size_t piece : {std::size_t{3000}, kMega - 5, 8 * kMega}) {
          CAPTURE(path);
          CAPTURE(size);
          CAPTURE(piece);
          const std::string bytes = some_bytes(size);
          {
            const Descriptor file(path);
            REQUIRE(file.number >= 0);
            FileWriter writer(file.number, path, cache);
            write(writer, bytes, piece);
            CHECK((::fcntl(file.number, F_GETFL) & O_DIRECT) == 0);
          }
          CHECK(read_file(path) == bytes);
        }
      }
    }
    ::unlink(path.c_str());
  }
}

TEST_CASE("where blocks are not aligned, the rest goes through the cache") {
  const TemporaryFolder folder;
  const std::string bytes = some_bytes(2 * kMega + 100);
  {
    const Descriptor file(folder.file("f"));
    // As after a write that was cut short.
    REQUIRE(::write(file.number, bytes.data(), 100) == 100);
    FileWriter writer(file.number, "f", PageCache::kBypass);
    write(writer, bytes.substr(100), kMega);
  }
  CHECK(read_file(folder.file("f")) == bytes);
}

TEST_CASE("an error names the path that was meant") {
  const Descriptor full("/dev/full");
  FileWriter writer(full.number, "out/model.onnx", PageCache::kKeep);
  const auto written = writer.write("bytes");
  REQUIRE(!written.has_value());
  CHECK(written.error().where.file == "out/model.onnx");
}

}  // namespace padproof::test
