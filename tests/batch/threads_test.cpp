// SPDX-License-Identifier: Apache-2.0
// Batches where threads cannot be had: slower, and the same.
#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/batch/batches.h"
#include "tests/support/child.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace fs = std::filesystem;

TEST_CASE("a batch without threads loses no model") {
  if (kSanitized) return;  // their run time has threads of its own
  const TemporaryFolder folder;
  fs::create_directory(folder.file("in"));
  constexpr int kModels = 300;  // more than two groups
  for (int i = 0; i < kModels; ++i)
    (void)folder.write("in/m" + std::to_string(i) + ".onnx", read_file(kSame));
  REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
  for (const unsigned long threads : {1UL, 2UL, 3UL, 4UL, 6UL}) {
    CAPTURE(threads);
    Hardship hardship;
    hardship.unprivileged = true;
    hardship.most_threads = threads;
    const std::string out = folder.file("out" + std::to_string(threads));
    const auto result =
        run_under(hardship, {"convert", folder.file("in"), "--out-dir", out, "--format", "json"});
    CHECK(result.exit_code == 0);
    schemas::Report report;
    REQUIRE(google::protobuf::util::JsonStringToMessage(result.out, &report).ok());
    CHECK(report.batch().converted() == kModels);
    CHECK(files_below(out).size() == kModels);
    CHECK(records_of(out + "/padproof-manifest.jsonl").size() == kModels);
  }
}

TEST_CASE("more models at once than there are cores are no matter to talk about") {
  const TemporaryFolder folder;
  write_models(folder);
  const BatchResult batch = convert_folder(folder, {"--jobs", "24"});
  CHECK(batch.process.exit_code == 0);
  CHECK(batch.process.err == "");
}

}  // namespace padproof::test
