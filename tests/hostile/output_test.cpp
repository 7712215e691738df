// SPDX-License-Identifier: Apache-2.0
// Outputs that cannot be written: exit code 2, nothing under the final name, no temporary file.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "tests/support/rejected.h"
#include "tests/support/wire_bytes.h"

namespace {

using padproof::test::check_rejected;
using padproof::test::good_model;
using padproof::test::Hardship;
using padproof::test::run_under;
using padproof::test::TemporaryFolder;
namespace fs = std::filesystem;
namespace wire = padproof::test::wire;

constexpr int kBadInput = 2;

// With a constant large enough to be copied by the kernel.
std::string large_model(std::int64_t elements) {
  const std::string table(static_cast<std::size_t>(elements) * 4, '\x01');
  return wire::image_model(wire::node("Conv", {"x", "w"}, {"y"}, wire::text("auto_pad", "SAME_UPPER")) +
                           wire::initializer("table", {elements}, table));
}

}  // namespace

TEST_CASE("a full disk") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", large_model(100'000));
  Hardship full;
  full.most_file_bytes = 1000;
  full.standard_output = "/dev/null";
  check_rejected({"convert", model, "-o", folder.file("out.onnx")}, folder, kBadInput, "File too large",
                 full);
  check_rejected({"convert", model, "--out-dir", folder.path() + "/."}, folder, kBadInput,
                 "[output-is-input]", full);
  full.most_file_bytes = 300;
  check_rejected({"run", model, "--outputs", folder.file("out.npz")}, folder, kBadInput, "padproof: ", full);
  check_rejected({"inspect", model, "--report", folder.file("report.json")}, folder, kBadInput,
                 "File too large", full);
}

TEST_CASE("a full disk leaves an older output as it was") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", large_model(100'000));
  const std::string out = folder.write("out.onnx", "the older one");
  Hardship full;
  full.most_file_bytes = 1000;
  full.standard_output = "/dev/null";
  check_rejected({"convert", model, "-o", out}, folder, kBadInput, "File too large", full);
  CHECK(padproof::test::read_file(out) == "the older one");
}

TEST_CASE("standard output that takes nothing") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  Hardship full;
  full.standard_output = "/dev/full";
  check_rejected({"inspect", model}, folder, kBadInput, "standard output", full);
  check_rejected({"inspect", model, "--format", "json"}, folder, kBadInput, "standard output", full);
  check_rejected({"run", model}, folder, kBadInput, "standard output", full);
  check_rejected({"verify", model, model}, folder, kBadInput, "standard output", full);
  const auto converted = run_under(full, {"convert", model, "-o", "-"});
  CHECK(converted.exit_code == kBadInput);
  CHECK(converted.err.find("No space left on device") != std::string::npos);
}

TEST_CASE("help that cannot be printed is an error") {
  Hardship full;
  full.standard_output = "/dev/full";
  Hardship closed;
  closed.closed = {1};
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"--version"}, {"convert", "--help"}, {"describe", "man"}})
    for (const Hardship& hardship : {full, closed})
      CHECK(run_under(hardship, arguments).exit_code == kBadInput);
}

TEST_CASE("no file takes the place of a standard stream that is closed") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  const std::string expected = [&] {
    CHECK(run_under({}, {"convert", model, "-o", folder.file("expected.onnx")}).exit_code == 0);
    return padproof::test::read_file(folder.file("expected.onnx"));
  }();
  for (const auto& closed : std::vector<std::vector<int>>{{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 1, 2}}) {
    Hardship hardship;
    hardship.closed = closed;
    const bool is_told = std::find(closed.begin(), closed.end(), 1) == closed.end();
    const std::string out = folder.file("out.onnx");
    CHECK(run_under(hardship, {"convert", model, "-o", out}).exit_code == (is_told ? 0 : kBadInput));
    CHECK(padproof::test::read_file(out) == expected);
    const std::string many = folder.file("many");
    CHECK(run_under(hardship, {"convert", model, "--out-dir", many}).exit_code == (is_told ? 0 : kBadInput));
    CHECK(padproof::test::read_file(many + "/model.onnx") == expected);
    CHECK(run_under({}, {"convert", model, "--out-dir", many}).exit_code == 0);
    fs::remove_all(many);
    fs::remove(out);
  }
  Hardship silent;
  silent.closed = {0};
  CHECK(run_under(silent, {"inspect", "-"}).exit_code == kBadInput);
  silent.closed = {1};
  CHECK(run_under(silent, {"convert", model, "-o", "-"}).exit_code == kBadInput);
}

TEST_CASE("the output's folder") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  const std::string file = folder.write("file", "x");
  check_rejected({"convert", model, "-o", file + "/out.onnx"}, folder, kBadInput, "cannot create the folder");
  check_rejected({"convert", model, "--out-dir", file}, folder, kBadInput, "cannot create the folder");
  check_rejected({"run", model, "--outputs", file + "/out.npz"}, folder, kBadInput, "Not a directory");
  check_rejected({"inspect", model, "--report", file + "/report.json"}, folder, kBadInput, "Not a directory");
  check_rejected({"inspect", model, "--report", folder.file("none/report.json")}, folder, kBadInput,
                 "No such file or directory");
}

TEST_CASE("an output that is a directory") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  fs::create_directory(folder.file("taken"));
  fs::create_directory(folder.file("taken.json"));
  check_rejected({"convert", model, "-o", folder.file("taken")}, folder, kBadInput, "directory");
  check_rejected({"convert", model, "-o", folder.file("taken/")}, folder, kBadInput, "directory");
  check_rejected({"run", model, "--outputs", folder.file("taken")}, folder, kBadInput, "directory");
  check_rejected({"inspect", model, "--report", folder.file("taken.json")}, folder, kBadInput, "directory");
  CHECK(fs::is_empty(folder.file("taken")));
}

TEST_CASE("a folder that may not be written to") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  Hardship hardship;
  hardship.unprivileged = true;
  std::string closed = folder.file("closed");
  fs::create_directory(closed);
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                              fs::perms::others_exec);
  fs::permissions(model, fs::perms::owner_read | fs::perms::others_read);
  const char* expected = "Permission denied";
  if (!padproof::test::can_drop_privileges()) {
    MESSAGE("privileges cannot be dropped here: a folder of the kernel stands in");
    hardship = {};
    closed = "/proc/self";
    expected = "padproof: ";
  }
  check_rejected({"convert", model, "-o", closed + "/out.onnx"}, folder, kBadInput, expected, hardship);
  check_rejected({"convert", model, "--out-dir", closed + "/below"}, folder, kBadInput, expected, hardship);
  check_rejected({"run", model, "--outputs", closed + "/out.npz"}, folder, kBadInput, expected, hardship);
  check_rejected({"inspect", model, "--report", closed + "/report.txt"}, folder, kBadInput, expected,
                 hardship);
}

// Renaming over a device would take it from everybody: `-o /dev/null` as root.
TEST_CASE("an output that is a device or a pipe stays what it is") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  const std::string fifo = folder.file("fifo.json");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  fs::create_symlink("/dev/null", folder.file("null.json"));
  for (const std::string& out : {fifo, folder.file("null.json")}) {
    check_rejected({"convert", model, "-o", out}, folder, kBadInput, "not a regular file");
    check_rejected({"run", model, "--outputs", out}, folder, kBadInput, "not a regular file");
    check_rejected({"inspect", model, "--report", out}, folder, kBadInput, "not a regular file");
  }
  CHECK(fs::is_fifo(fifo));
  CHECK(fs::is_symlink(folder.file("null.json")));
  if (::mknod(folder.file("device").c_str(), S_IFCHR | 0600U, makedev(1, 3)) != 0) return;  // only root may
  check_rejected({"convert", model, "-o", folder.file("device")}, folder, kBadInput, "not a regular file");
  CHECK(fs::is_character_file(folder.file("device")));
}
