// SPDX-License-Identifier: Apache-2.0
#include "converter/file_writer.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
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

bool is_bypassing(int descriptor) { return (::fcntl(descriptor, F_GETFL) & O_DIRECT) != 0; }

/// Whether the file system of `path` has files past the cache.
bool can_bypass(const std::string& path) {
  const Descriptor file(path, O_DIRECT);
  return file.number >= 0;
}

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
            CHECK(!is_bypassing(file.number));
          }
          CHECK(read_file(path) == bytes);
        }
      }
    }
    ::unlink(path.c_str());
  }
}

TEST_CASE("whole blocks go past the cache where the file system can, and only where that is asked for") {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.file("f"), "/dev/shm/padproof-" + std::to_string(::getpid())}) {
    CAPTURE(path);
    const bool can = can_bypass(path);
    for (const PageCache cache : {PageCache::kKeep, PageCache::kBypass}) {
      const Descriptor file(path);
      FileWriter writer(file.number, path, cache);
      const bool expected = can && cache == PageCache::kBypass;
      CHECK(is_bypassing(file.number) == expected);
      CHECK(writer.write(some_bytes(kMega)).has_value());
      CHECK(is_bypassing(file.number) == expected);
      CHECK(writer.finish().has_value());
      CHECK(!is_bypassing(file.number));
    }
    ::unlink(path.c_str());
  }
}

TEST_CASE("a file that may not grow further is an error, past the cache or not") {
  const TemporaryFolder folder;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  for (const PageCache cache : {PageCache::kKeep, PageCache::kBypass})
    for (const rlim_t most :
         {rlim_t{0}, rlim_t{100}, rlim_t{kMega}, rlim_t{kMega + 100}, rlim_t{2 * kMega}}) {
      CAPTURE(most);
      const Descriptor file(folder.file("f"));
      FileWriter writer(file.number, "f", cache);
      const auto handler = std::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{most, before.rlim_max};
      REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
      auto written = writer.write(some_bytes(2 * kMega + 5));
      if (written) written = writer.finish();
      REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
      std::signal(SIGXFSZ, handler);
      REQUIRE(!written.has_value());
      CHECK(written.error().code == "io");
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
