// SPDX-License-Identifier: Apache-2.0
// In place: what somebody saves while the output is made.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "converter/batch/group.h"
#include "model/digest.h"
#include "tests/batch/batches.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr const char* kOld = "what was read";
constexpr const char* kTarget = "what is made of it";

/// Commits `m` with its certificate after `meanwhile`; returns whether it went well.
bool commit_after(const TemporaryFolder& folder, const std::string& sha256,
                  const std::function<void(const std::string&)>& meanwhile) {
  const std::string path = folder.write("m", kOld);
  std::vector<converter::Output> outputs;
  {
    const auto file = value_or_throw(model::MappedFile::open(path));
    model::Rope rope;
    rope.append(kTarget);
    auto made = value_or_throw(converter::Publication::prepare(rope, path));
    converter::Original original(*file, path, sha256);
    original.keep_as(path + ".orig");
    made.replaces(original);
    outputs.push_back(
        {std::move(made), value_or_throw(converter::Publication::prepare(rope, path + ".cert.json"))});
  }
  meanwhile(path);
  return converter::commit_all(outputs, converter::Durability::kProcess).front().has_value();
}

}  // namespace

TEST_CASE("a version that is saved before the output has its name is kept, and nothing is written") {
  for (const bool is_renamed : {true, false}) {
    const TemporaryFolder folder;
    CHECK_FALSE(commit_after(folder, "", [&](const std::string& path) {
      if (is_renamed)
        fs::rename(folder.write("new", "what was SAVED"), path);
      else
        std::ofstream(path) << "what was SAVED";
    }));
    CHECK(read_file(folder.file("m")) == "what was SAVED");
    CHECK(folder.entries() == Strings{"m"});
  }
}

TEST_CASE("an original that only lost or got names or permissions is replaced and kept") {
  const std::string sha256 = model::sha256_of(model::Bytes(kOld));
  const auto touch = [](const std::string& path) {
    fs::create_hard_link(path, path + ".link");
    fs::remove(path + ".link");
    ::usleep(20'000);
    ::chmod(path.c_str(), 0600);
  };
  const TemporaryFolder folder;
  CHECK(commit_after(folder, sha256, touch));
  CHECK(read_file(folder.file("m")) == kTarget);
  CHECK(read_file(folder.file("m.orig")) == kOld);
  CHECK(fs::exists(folder.file("m.cert.json")));
  // Its time put back, with other contents.
  const TemporaryFolder other;
  CHECK_FALSE(commit_after(other, sha256, [](const std::string& path) {
    const auto time = fs::last_write_time(path);
    ::usleep(20'000);
    std::ofstream(path) << "WHAT WAS READ";
    fs::last_write_time(path, time);
  }));
  CHECK(read_file(other.file("m")) == "WHAT WAS READ");
}

TEST_CASE("two links to one file are one file, which is converted in place and kept once") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_symlink("../a.onnx", folder.file("in/deep/alias.onnx"));
  const auto result = convert({folder.file("in"), "--in-place", "--backup"});
  CHECK(result.process.exit_code == 0);
  CHECK(read_file(folder.file("in/a.onnx.orig")) == read_file(kSame));
  CHECK(convert({folder.file("in"), "--in-place", "--backup"}).counts.unchanged() == 4);
}

TEST_CASE("names of one file are converted in place beside each other") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  (void)folder.write("in/0.onnx", read_file(kSame));
  for (int i = 1; i < 40; ++i)
    fs::create_hard_link(folder.file("in/0.onnx"), folder.file("in/" + std::to_string(i) + ".onnx"));
  const auto result = convert({folder.file("in"), "--in-place", "--backup", "--no-sync"});
  CHECK(result.process.exit_code == 0);
  CHECK(result.counts.converted() == 40);
}

}  // namespace padproof::test
