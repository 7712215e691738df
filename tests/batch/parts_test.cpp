// SPDX-License-Identifier: Apache-2.0
// The parts of a batch: the walk over a tree, shards, names in manifests, temporary files, progress.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "converter/batch/manifest.h"
#include "converter/batch/shard.h"
#include "converter/batch/tree.h"
#include "report/progress.h"
#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

Strings walk(const std::string& folder, const std::string& besides = "") {
  converter::Tree tree(folder, besides);
  Strings found;
  while (const auto entry = tree.next())
    found.push_back(entry->failed ? "! " + entry->relative : entry->relative);
  return found;
}

}  // namespace

TEST_CASE("a tree is walked in the order of its paths, besides the folder for outputs") {
  const TemporaryFolder folder;
  for (const char* const name : {"a", "a-b", "b/c", "out/x"}) fs::create_directories(folder.file(name));
  for (const char* const name : {"a.onnx", "a/z.onnx", "a-b/y.onnx", "b/c/w.onnx", "b/B.onnx", "out/x/o.onnx",
                                 "a/notes.txt", "c.ONNX"})
    (void)folder.write(name, "");
  fs::create_directory_symlink(folder.file("b"), folder.file("loop"));
  fs::create_directory_symlink(folder.path(), folder.file("b/up"));
  fs::create_symlink(folder.file("a.onnx"), folder.file("link.onnx"));
  fs::create_symlink(folder.file("gone"), folder.file("dangling.onnx"));
  CHECK(walk(folder.path()) == Strings{"a-b/y.onnx", "a.onnx", "a/z.onnx", "b/B.onnx", "b/c/w.onnx",
                                       "! dangling.onnx", "link.onnx", "out/x/o.onnx"});
  CHECK(walk(folder.path(), folder.file("out")).size() == 7);
  CHECK(walk(folder.path(), folder.path() + "/a/../out/").size() == 7);
  CHECK(walk(folder.file("nowhere")) == Strings{"! "});
}

TEST_CASE("shards are disjoint, even, and the same everywhere") {
  std::vector<std::size_t> sizes(7, 0);
  for (int i = 0; i < 7000; ++i) {
    const std::string path = "folder/model" + std::to_string(i) + ".onnx";
    int holders = 0;
    for (std::uint64_t shard = 1; shard <= 7; ++shard)
      if (converter::Shard{shard, 7}.holds(path)) {
        ++holders;
        ++sizes[static_cast<std::size_t>(shard - 1)];
      }
    CHECK(holders == 1);
  }
  for (const std::size_t size : sizes) CHECK((size > 850 && size < 1150));
  // Other releases and machines must agree.
  CHECK(converter::Shard{3, 7}.holds("a.onnx"));
  for (const char* const wrong : {"", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", "1/ 2", "1/9999999"})
    CHECK_FALSE(converter::parse_shard(wrong).has_value());
  CHECK(converter::parse_shard("2/8")->index == 2);
}

TEST_CASE("no two paths have one name in a manifest, and every name is text") {
  std::set<std::string> names;
  const Strings paths = {"a",        "a\\x01", "a\x01", "a\\\\x01", "\xff", "\\xff",
                         "\\x5cxff", "\n",     "\\n",   "\u00e9",   "\xc3"};
  for (const std::string& path : paths) names.insert(converter::manifest_name(path));
  CHECK(names.size() == paths.size());
  converter::Record record;
  record.source = converter::manifest_name("a\"b\xff\n\\.onnx");
  record.status = "converted";
  record.target_file = {std::string(64, '0'), 7};
  record.external = {{"w.bin", 5, ""}};
  const std::string line = converter::to_line(record);
  CHECK(line.find('\n') == line.size() - 1);
  REQUIRE(converter::from_line(line));
  CHECK(converter::says_the_same(*converter::from_line(line), record));
  CHECK_FALSE(converter::from_line(line.substr(0, line.size() - 2)));
  CHECK_FALSE(converter::from_line("[]"));
}

TEST_CASE("temporary files that nobody holds are removed by the next run, others are not") {
  const TemporaryFolder folder;
  const std::string left = folder.write(".m.onnx.1.0.padproof-tmp", "left behind");
  const std::string held = folder.write(".m.onnx.2.0.padproof-tmp", "of a process that runs");
  const std::string other = folder.write(".m.onnx.3.0.tmp", "of somebody else");
  const int descriptor = ::open(held.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(descriptor, LOCK_EX) == 0);
  const std::string output = folder.file("m.onnx");
  CHECK(run_padproof({"convert", kSame, "-o", output}).exit_code == 0);
  CHECK_FALSE(fs::exists(left));
  CHECK(fs::exists(held));
  CHECK(fs::exists(other));
  ::close(descriptor);
  CHECK(run_padproof({"convert", kSame, "-o", output}).exit_code == 0);
  CHECK_FALSE(fs::exists(held));
}

TEST_CASE("temporary files go from every folder that a batch comes to") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_directories(folder.file("in/explicit"));
  fs::create_directories(folder.file("out/explicit"));
  (void)folder.write("in/explicit/e.onnx", read_file(kPads));
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  const Strings left = {folder.write("out/.m.onnx.1.0.padproof-tmp", ""),
                        folder.write("out/deep/.m.onnx.1.0.padproof-tmp", ""),
                        folder.write("out/explicit/.m.onnx.1.0.padproof-tmp", "")};
  CHECK(convert_folder(folder).counts.up_to_date() == 4);
  for (const std::string& path : left) CHECK_FALSE(fs::exists(path));
}

TEST_CASE("progress in words") {
  using report::progress_text;
  CHECK(progress_text({312, 1'560'000'000}, {2000, 10'000'000'000}, 2.0, 1) ==
        "312 of 2000 models, 1.56 GB of 10.0 GB, 780 MB/s, 11 s left, 1 failed");
  CHECK(progress_text({0, 0}, {5, 1000}, 0, 0) == "0 of 5 models, 0.00 kB of 1.00 kB");
  CHECK(progress_text({5, 1000}, {5, 1000}, 1, 0) == "5 of 5 models, 1.00 kB of 1.00 kB, 1.00 kB/s");
  CHECK(progress_text({1, 0}, {4, 0}, 1000, 0) ==
        "1 of 4 models, 0.00 kB of 0.00 kB, 0.00 kB/s, 50:00 min left");
}

}  // namespace padproof::test
