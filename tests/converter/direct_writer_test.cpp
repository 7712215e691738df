// SPDX-License-Identifier: Apache-2.0
#include "converter/direct_writer.h"

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

using converter::DirectWriter;

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

/// A file on the disk, and one in memory, which not every kernel can bypass.
struct Places {
  TemporaryFolder folder;
  std::vector<std::string> paths = {folder.file("f"), "/dev/shm/padproof-" + std::to_string(::getpid())};
  ~Places() { ::unlink(paths[1].c_str()); }
};

}  // namespace

TEST_CASE("whole blocks go past the cache where the file system can") {
  const Places places;
  for (const std::string& path : places.paths) {
    CAPTURE(path);
    const bool can = can_bypass(path);
    const Descriptor file(path);
    const auto writer = DirectWriter::open(file.number, path, nullptr);
    CHECK((writer != nullptr) == can);
    if (writer == nullptr) continue;
    CHECK(is_bypassing(file.number));
    CHECK(writer->write(some_bytes(3 * kMega)).has_value());
    CHECK(is_bypassing(file.number));
    CHECK(writer->finish().has_value());
    CHECK(!is_bypassing(file.number));
  }
}

TEST_CASE("a file holds what was written, whatever the pieces") {
  const Places places;
  const std::size_t sizes[] = {0,         1,     4095,      4096,          4097,
                               kMega - 1, kMega, kMega + 1, 2 * kMega + 3, 5 * kMega + 4096 + 17};
  const std::string all = some_bytes(6 * kMega);
  for (const std::string& path : places.paths) {
    if (!can_bypass(path)) continue;
    for (const std::size_t size : sizes)
      for (const std::size_t piece : {std::size_t{3000}, kMega - 5, 8 * kMega}) {
        CAPTURE(path);
        CAPTURE(size);
        CAPTURE(piece);
        const std::string bytes = all.substr(0, size);
        std::size_t sent = 0;
        const Descriptor file(path);
        const auto writer = DirectWriter::open(file.number, path, [&](std::size_t more) { sent += more; });
        REQUIRE(writer != nullptr);
        for (std::size_t at = 0; at < size; at += piece)
          REQUIRE(writer->write(std::string_view(bytes).substr(at, piece)).has_value());
        REQUIRE(writer->finish().has_value());
        CHECK(read_file(path) == bytes);
        CHECK(sent == size / 4096 * 4096);
      }
  }
}

TEST_CASE("a file that may not grow further is an error") {
  const TemporaryFolder folder;
  if (!can_bypass(folder.file("f"))) return;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  for (const rlim_t most : {rlim_t{0}, rlim_t{100}, rlim_t{kMega}, rlim_t{kMega + 100}, rlim_t{2 * kMega},
                            rlim_t{2 * kMega + 4}}) {
    CAPTURE(most);
    const Descriptor file(folder.file("f"));
    const auto writer = DirectWriter::open(file.number, "out/m.onnx", nullptr);
    REQUIRE(writer != nullptr);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{most, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    auto written = writer->write(some_bytes(2 * kMega + 5));
    if (written) written = writer->finish();
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    REQUIRE(!written.has_value());
    CHECK(written.error().code == "io");
    CHECK(written.error().where.file == "out/m.onnx");
  }
}

TEST_CASE("what is on its way is waited for where an error or an exception ends the writing") {
  const TemporaryFolder folder;
  if (!can_bypass(folder.file("f"))) return;
  const std::string bytes = some_bytes(kMega);
  for (int round = 0; round < 5; ++round) {
    const Descriptor file(folder.file("f"));
    const auto write = [&] {
      const auto writer =
          DirectWriter::open(file.number, "f", [](std::size_t) { throw std::runtime_error("meanwhile"); });
      REQUIRE(writer != nullptr);
      (void)writer->write(bytes);
    };
    CHECK_THROWS_AS(write(), std::runtime_error);
    CHECK(read_file(folder.file("f")) == bytes);
  }
}

}  // namespace padproof::test
