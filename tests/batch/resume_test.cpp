// SPDX-License-Identifier: Apache-2.0
// What a batch does again, and what it does not; its parts, and the whole of them.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

const std::string kManifest = "out/padproof-manifest.jsonl";

}  // namespace

TEST_CASE("explicit models are skipped, or copied byte for byte") {
  const TemporaryFolder folder;
  write_models(folder);
  const auto first = convert_folder(folder);
  CHECK(first.process.exit_code == 0);
  CHECK(first.counts.converted() == 2);
  CHECK(first.counts.unchanged() == 1);
  CHECK(files_below(folder.file("out")) == Strings{"a.onnx", "deep/c.onnx"});
  const auto records = records_of(folder.file(kManifest));
  REQUIRE(records.size() == 3);
  CHECK(records.at("b.onnx").status == "unchanged");
  CHECK(records.at("b.onnx").target_file.sha256.empty());
  CHECK(records.at("deep/c.onnx").status == "converted");
  CHECK(records.at("deep/c.onnx").rewritten == 1);
  CHECK(records.at("a.onnx").target_file.sha256 == model::digest_of_file(folder.file("out/a.onnx"))->sha256);
  const auto second = convert_folder(folder, {"--copy-unchanged"});
  CHECK(second.counts.copied() == 1);
  CHECK(read_file(folder.file("out/b.onnx")) == read_file(kPads));
}

TEST_CASE("only what is missing is done again, by what the files hold") {
  const TemporaryFolder folder;
  write_models(folder);
  const auto again = [&](const std::vector<std::string>& more = {}) {
    return convert_folder(folder, more).counts;
  };
  CHECK(again().up_to_date() == 0);
  CHECK(again().up_to_date() == 3);
  // A time is no reason, in either direction.
  fs::last_write_time(folder.file("in/a.onnx"), fs::file_time_type::clock::now());
  CHECK(again().up_to_date() == 3);
  const std::string output = read_file(folder.file("out/a.onnx"));
  const auto time = fs::last_write_time(folder.file("out/a.onnx"));
  std::string torn = output;
  torn.back() ^= 1;
  (void)folder.write("out/a.onnx", torn);
  fs::last_write_time(folder.file("out/a.onnx"), time);
  CHECK(again().converted() == 1);
  CHECK(read_file(folder.file("out/a.onnx")) == output);
  fs::remove(folder.file("out/deep/c.onnx"));
  CHECK(again().converted() == 1);
  (void)folder.write("in/b.onnx", read_file(kSame2));
  CHECK(again().converted() == 1);
  CHECK(again({"--verify", "run"}).converted() == 3);
  CHECK(again({"--verify", "run"}).up_to_date() == 3);
}

TEST_CASE("a refusal is remembered with its exit code, a failure is tried again") {
  const TemporaryFolder folder;
  write_models(folder);
  (void)folder.write("in/broken.onnx", "no model");
  fs::copy_file("testdata/exports/resnet50_same/model.onnx", folder.file("in/open.onnx"));
  for (const int up_to_date : {0, 4}) {
    const auto result = convert_folder(folder);
    CHECK(result.process.exit_code == 2);
    CHECK(result.counts.failed() == 1);
    CHECK(result.counts.up_to_date() == up_to_date);
  }
  fs::remove(folder.file("in/broken.onnx"));
  const auto result = convert_folder(folder);
  CHECK(result.process.exit_code == 3);
  CHECK(result.counts.up_to_date() == 4);
  CHECK(convert_folder(folder, {"--allow-unknown"}).process.exit_code == 0);
}

TEST_CASE("a torn end of the manifest is cut off, and a file of another kind is left alone") {
  const TemporaryFolder folder;
  write_models(folder);
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  const std::string whole = read_file(folder.file(kManifest));
  (void)folder.write(kManifest, whole.substr(0, whole.size() - 40));
  const auto result = convert_folder(folder);
  CHECK(result.counts.up_to_date() == 2);
  CHECK(records_of(folder.file(kManifest)).size() == 3);
  for (const char* const text : {"notes", "notes\n", "{\"a\": 1}\n", "\n", "a\nb"}) {
    const std::string other = folder.write("notes.txt", text);
    const auto refused = convert_folder(folder, {"--manifest", other});
    CHECK(refused.process.exit_code == 2);
    CHECK(refused.process.err.find("no record of a batch") != std::string::npos);
    CHECK(read_file(other) == text);
  }
}

TEST_CASE("shards do all models once, and their manifests make the whole one") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  for (int i = 0; i < 20; ++i) (void)folder.write("in/" + std::to_string(i) + ".onnx", read_file(kSame));
  std::vector<std::string> merge = {"--merge-manifests"};
  std::int64_t models = 0;
  for (const std::string shard : {"1", "2", "3"}) {
    const auto part = convert_folder(folder, {"--shard", shard + "/3"});
    CHECK(part.counts.models() > 2);
    models += part.counts.models();
    merge.push_back(folder.file("out/padproof-manifest." + shard + "-of-3.jsonl"));
  }
  CHECK(models == 20);
  CHECK(files_below(folder.file("out")).size() == 20);
  merge.insert(merge.end(), {"--manifest", folder.file("all.jsonl")});
  CHECK(convert(merge).counts.converted() == 20);
  const auto merged = records_of(folder.file("all.jsonl"));
  const auto whole = convert({folder.file("in"), "--out-dir", folder.file("whole")});
  CHECK(whole.process.exit_code == 0);
  const auto expected = records_of(folder.file("whole/padproof-manifest.jsonl"));
  REQUIRE(merged.size() == expected.size());
  for (const auto& [source, record] : expected) CHECK(converter::says_the_same(merged.at(source), record));
  (void)folder.write("in/0.onnx", read_file(kSame2));
  (void)convert({folder.file("in"), "--out-dir", folder.file("whole")});
  const auto conflict =
      convert({"--merge-manifests", folder.file("all.jsonl"), folder.file("whole/padproof-manifest.jsonl"),
               "--manifest", folder.file("both.jsonl")});
  CHECK(conflict.process.exit_code == 2);
  CHECK(conflict.process.err.find("0.onnx") != std::string::npos);
  CHECK_FALSE(fs::exists(folder.file("both.jsonl")));
}

TEST_CASE("--fail-fast starts nothing after a failure") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  (void)folder.write("in/0.onnx", "no model");
  for (int i = 1; i < 9; ++i) (void)folder.write("in/" + std::to_string(i) + ".onnx", read_file(kSame));
  const auto stopped = convert_folder(folder, {"--fail-fast", "--jobs", "1"});
  CHECK(stopped.process.exit_code == 2);
  CHECK(stopped.counts.not_started() == 8);
  const auto all = convert_folder(folder);
  CHECK(all.process.exit_code == 2);
  CHECK(all.counts.converted() == 8);
}

TEST_CASE("--fail-fast starts nothing after an output that cannot get its name") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  for (int i = 1000; i < 1600; ++i) (void)folder.write("in/" + std::to_string(i) + ".onnx", read_file(kSame));
  (void)folder.write("in/1000.onnx.orig", "of an earlier run");
  const auto stopped =
      convert({folder.file("in"), "--in-place", "--backup", "--fail-fast", "--no-sync", "--jobs", "1"});
  CHECK(stopped.process.exit_code == 2);
  CHECK(stopped.counts.failed() == 1);
  CHECK(stopped.counts.not_started() > 100);
}

}  // namespace padproof::test
