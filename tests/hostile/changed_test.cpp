// SPDX-License-Identifier: Apache-2.0
// Files that are cut short or written to while they are read: no crash, no verdict, and the others go on.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "model/mapped_file.h"
#include "model/mapping_guard.h"
#include "tests/support/models.h"
#include "tests/support/rejected.h"
#include "tests/support/wire_bytes.h"

namespace {

using namespace padproof;
using test::good_model;
using test::TemporaryFolder;
namespace fs = std::filesystem;
namespace wire = test::wire;

constexpr int kBadInput = 2;

/// A file system's clock ticks every few milliseconds: what is written in one tick has one time.
std::string write_long_ago(const TemporaryFolder& folder, const std::string& name, const std::string& bytes) {
  std::string path = folder.write(name, bytes);
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
  return path;
}

void overwrite(const std::string& path, std::uint64_t at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file << bytes;
}

/// As good_model(), with a table of weights behind it that nobody reads.
std::string model_with_table(std::size_t megabytes) {
  const std::size_t bytes = megabytes << 20U;
  return wire::image_model(
      wire::node("Conv", {"x", "w"}, {"y"}, wire::text("auto_pad", "SAME_UPPER")) +
      wire::initializer("table", {static_cast<std::int64_t>(bytes / 4)}, std::string(bytes, '\x01')));
}

}  // namespace

TEST_CASE("pages that a mapping has lost read as zeros, and it knows") {
  model::guard_mappings();
  const TemporaryFolder folder;
  const std::string kept = folder.write("kept", std::string(64'000, 'k'));
  const std::string path = folder.write("file", std::string(64'000, 'x'));
  const auto other = test::value_or_throw(model::MappedFile::open(kept));
  const auto file = test::value_or_throw(model::MappedFile::open(path));
  CHECK(file->check_unchanged().has_value());
  fs::resize_file(path, 10'000);
  CHECK(file->bytes()[9'999] == 'x');
  CHECK(file->bytes()[60'000] == '\0');
  CHECK(file->bytes()[20'000] == '\0');
  const auto checked = file->check_unchanged();
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().code == "changed");
  CHECK(other->check_unchanged().has_value());
  CHECK(other->bytes().back() == 'k');
}

TEST_CASE("a change is seen by whatever is left of it") {
  const TemporaryFolder folder;
  const auto is_seen = [&](const auto& change) {
    const std::string path = write_long_ago(folder, "file", std::string(10'000, 'x'));
    const auto file = test::value_or_throw(model::MappedFile::open(path));
    change(path);
    return !file->check_unchanged().has_value();
  };
  CHECK(is_seen([](const std::string& path) { overwrite(path, 5'000, "other"); }));
  CHECK(is_seen([](const std::string& path) { overwrite(path, 10'000, "more"); }));
  // With its old time put back.
  CHECK(is_seen([](const std::string& path) {
    const auto time = fs::last_write_time(path);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    overwrite(path, 5'000, "other");
    fs::last_write_time(path, time);
  }));
}

TEST_CASE("another name is no change, nor is another file of the same name") {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", std::string(10'000, 'x'));
  const auto file = test::value_or_throw(model::MappedFile::open(path));
  fs::create_hard_link(path, folder.file("link"));
  CHECK(file->check_unchanged().has_value());
  fs::remove(folder.file("link"));
  fs::rename(folder.write("new", "y"), path);
  CHECK(file->check_unchanged().has_value());
  CHECK(file->bytes().back() == 'x');
}

TEST_CASE("a source that is cut short or written to before it is compared") {
  const TemporaryFolder folder;
  const std::string bytes = model_with_table(1);
  const std::string path = folder.file("source.onnx");
  for (const char* const command : {"verify", "diff"})
    for (const bool is_cut : {true, false}) {
      CAPTURE(command);
      CAPTURE(is_cut);
      write_long_ago(folder, "source.onnx", bytes);
      const auto change = [&] {
        if (is_cut)
          fs::resize_file(path, 300);
        else
          overwrite(path, bytes.size() - 100, "changed");
      };
      const auto result = test::run_while_mapped({command, path, "-"}, path, change, bytes);
      CHECK(result.exit_code == kBadInput);
      CHECK(result.err.find("the file changed while it was read") != std::string::npos);
      CHECK(result.out.find("proved") == std::string::npos);
    }
}

TEST_CASE("a model that is cut short in the middle of a batch does not stop the others") {
  const std::string large = model_with_table(64);
  int in_time = 0;
  for (int attempt = 0; attempt < 20 && in_time == 0; ++attempt) {
    const TemporaryFolder folder;
    fs::create_directory(folder.file("in"));
    folder.write("in/a.onnx", good_model());
    const std::string path = folder.write("in/b.onnx", large);
    folder.write("in/c.onnx", good_model());
    const auto cut = [&] { fs::resize_file(path, 1'000); };
    const auto result =
        test::run_while_mapped({"convert", folder.file("in"), "--out-dir", folder.file("out")}, path, cut);
    CHECK(fs::exists(folder.file("out/a.onnx")));
    CHECK(fs::exists(folder.file("out/c.onnx")));
    if (result.exit_code == 0) continue;  // too late
    ++in_time;
    CHECK(result.exit_code == kBadInput);
    CHECK_FALSE(fs::exists(folder.file("out/b.onnx")));
    CHECK(result.err.find("b.onnx: the file changed while it was read") != std::string::npos);
  }
  CHECK(in_time == 1);
}
