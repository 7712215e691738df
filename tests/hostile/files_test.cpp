// SPDX-License-Identifier: Apache-2.0
// Things that are no models at all, given to every command as if they were.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <random>

#include "tests/support/rejected.h"

namespace {

using padproof::test::check_commands_reject;
using padproof::test::check_model_rejected;
using padproof::test::check_rejected;
using padproof::test::Hardship;
using padproof::test::TemporaryFolder;
namespace fs = std::filesystem;

constexpr int kBadInput = 2;

struct ContentRow {
  std::string name;
  std::string content;
  const char* expected;
};

const std::array kContents = {
    ContentRow{"empty", "", "[empty-file]"},
    ContentRow{"text", "Dear model zoo, please find attached nothing.\n", "[wire-format]"},
    ContentRow{"JSON", "{\"graph\": {\"node\": []}}", "[wire-format]"},
    ContentRow{"HTML, as a download page", "<!DOCTYPE html><html><body>404</body></html>", "[wire-format]"},
    ContentRow{"Git-LFS pointer",
               "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 102442450\n",
               "[lfs-pointer]"},
    ContentRow{"zip archive", std::string("PK\x03\x04\x14\0\0\0\0\0", 10), "[wire-format]"},
    ContentRow{"HDF5, as Keras saves it", "\x89HDF\r\n\x1a\n", "[wire-format]"},
    ContentRow{"zeros", std::string(100, '\0'), "[wire-format]"},
    ContentRow{"ones", std::string(100, '\xff'), "[wire-format]"},
    ContentRow{"a valid message without a graph", std::string("\x08\x08\x12\x04test", 8), "[no-graph]"},
};

}  // namespace

TEST_CASE("files with other contents") {
  for (const ContentRow& row : kContents) {
    CAPTURE(row.name);
    check_model_rejected(row.content, kBadInput, row.expected);
  }
}

TEST_CASE("random bytes") {
  std::mt19937_64 random(2);
  for (std::size_t size = 1; size <= 4096; size *= 4) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    CAPTURE(size);
    check_model_rejected(bytes, kBadInput, "padproof: ");
  }
}

TEST_CASE("random bytes, in this process") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(1 + random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    CHECK(padproof::test::code_of_reading(bytes) != "");
  }
}

TEST_CASE("a directory") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("model.onnx"));
  const std::string path = folder.file("model.onnx");
  check_rejected({"convert", path, "-o", folder.file("out.onnx")}, folder, kBadInput, "no .onnx file below");
  check_rejected({"inspect", path}, folder, kBadInput, "no .onnx file below");
  check_rejected({"verify", path, path}, folder, kBadInput, "Is a directory");
  check_rejected({"run", path}, folder, kBadInput, "Is a directory");
}

TEST_CASE("paths that lead nowhere") {
  const TemporaryFolder folder;
  check_commands_reject(folder.file("missing.onnx"), folder, kBadInput, "No such file or directory");
  fs::create_symlink("nothing", folder.file("dangling.onnx"));
  check_commands_reject(folder.file("dangling.onnx"), folder, kBadInput, "No such file or directory");
  fs::create_symlink("loop.onnx", folder.file("loop.onnx"));
  check_commands_reject(folder.file("loop.onnx"), folder, kBadInput, "Too many levels of symbolic links");
  check_commands_reject(folder.file(std::string(300, 'n')), folder, kBadInput, "File name too long");
  check_commands_reject(folder.write("file", "x") + "/model.onnx", folder, kBadInput, "Not a directory");
}

TEST_CASE("devices and pipes") {
  const TemporaryFolder folder;
  Hardship hardship;
  hardship.deadline_seconds = 20;
  check_commands_reject("/dev/zero", folder, kBadInput, "[not-a-file]", hardship);
  check_commands_reject("/dev/null", folder, kBadInput, "[not-a-file]", hardship);
  REQUIRE(::mkfifo(folder.file("fifo.onnx").c_str(), 0600) == 0);
  check_commands_reject(folder.file("fifo.onnx"), folder, kBadInput, "[not-a-file]", hardship);
}

TEST_CASE("a file that may not be read") {
  const TemporaryFolder folder;
  const std::string path = folder.write("secret.onnx", padproof::test::good_model());
  Hardship hardship;
  if (padproof::test::can_drop_privileges()) {
    hardship.unprivileged = true;
    fs::permissions(folder.path(), fs::perms::all);
    fs::permissions(path, fs::perms::none);
    // Not check_commands_reject: the good model beside it is out of reach for this user, too.
    check_rejected({"inspect", path}, folder, kBadInput, "Permission denied", hardship);
    check_rejected({"convert", path, "-o", folder.file("out.onnx")}, folder, kBadInput, "Permission denied",
                   hardship);
    check_rejected({"verify", path, path}, folder, kBadInput, "Permission denied", hardship);
    check_rejected({"run", path}, folder, kBadInput, "Permission denied", hardship);
  } else {
    MESSAGE("privileges cannot be dropped here: a write-only file of the kernel stands in");
    check_commands_reject("/proc/sysrq-trigger", folder, kBadInput, "padproof: ", hardship);
  }
}

TEST_CASE("standard input that holds no model") {
  const TemporaryFolder folder;
  Hardship hardship;
  hardship.standard_input = folder.write("in", "not a model");
  const TemporaryFolder out;
  check_rejected({"inspect", "-"}, out, kBadInput, "[wire-format]", hardship);
  check_rejected({"convert", "-", "-o", out.file("out.onnx")}, out, kBadInput, "[wire-format]", hardship);
  hardship.standard_input.clear();
  check_rejected({"inspect", "-"}, out, kBadInput, "[empty-file]", hardship);
}

TEST_CASE("inputs for a run that are none") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", padproof::test::good_model());
  fs::create_directory(folder.file("empty"));
  REQUIRE(::mkfifo(folder.file("fifo.npz").c_str(), 0600) == 0);
  Hardship hardship;
  hardship.deadline_seconds = 20;
  const std::array<std::string, 7> inputs = {folder.write("text.npz", "no archive"),
                                             folder.write("empty.npz", ""),
                                             folder.file("missing.npz"),
                                             folder.file("empty"),
                                             folder.file("fifo.npz"),
                                             "/dev/zero",
                                             folder.write("zip.npz", "PK\x05\x06")};
  for (const std::string& path : inputs) {
    CAPTURE(path);
    check_rejected({"run", model, "--inputs", path, "--outputs", folder.file("out.npz")}, folder, kBadInput,
                   "padproof: ", hardship);
    check_rejected({"verify", model, model, "--inputs", path}, folder, kBadInput, "padproof: ", hardship);
  }
}
