// SPDX-License-Identifier: Apache-2.0
// Batches that are not alone: another one writes to the same folder, somebody removes what is to be read.
#include <doctest/doctest.h>

#include <filesystem>
#include <thread>

#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

constexpr int kModels = 400;

void write_many(const TemporaryFolder& folder) {
  fs::create_directory(folder.file("in"));
  const std::string bytes = read_file(kSame);
  for (int i = 0; i < kModels; ++i) (void)folder.write("in/m" + std::to_string(i) + ".onnx", bytes);
}

}  // namespace

TEST_CASE("two batches at once into one folder leave what one leaves") {
  const TemporaryFolder folder;
  write_many(folder);
  BatchResult other;
  std::thread beside([&] { other = convert_folder(folder); });
  const BatchResult mine = convert_folder(folder);
  beside.join();
  CHECK(mine.process.exit_code == 0);
  CHECK(other.process.exit_code == 0);
  CHECK(files_below(folder.file("out")).size() == kModels);
  CHECK(records_of(folder.file("out/padproof-manifest.jsonl")).size() == kModels);
  const BatchResult again = convert_folder(folder);
  CHECK(again.counts.up_to_date() == kModels);
}

TEST_CASE("models that vanish before their turn are errors, and the others are converted") {
  const TemporaryFolder folder;
  write_many(folder);
  BatchResult batch;
  std::thread beside([&] { batch = convert_folder(folder, {"--jobs", "1"}); });
  while (!fs::exists(folder.file("out"))) std::this_thread::yield();
  int removed = 0;
  for (int i = 0; i < kModels; i += 2)
    removed += fs::remove(folder.file("in/m" + std::to_string(i) + ".onnx")) ? 1 : 0;
  beside.join();
  CHECK(removed == kModels / 2);
  CHECK((batch.process.exit_code == 0 || batch.process.exit_code == 2));
  const auto written = files_below(folder.file("out"));
  CHECK(written.size() >= kModels / 2);
  for (int i = 1; i < kModels; i += 2) CHECK(fs::exists(folder.file("out/m" + std::to_string(i) + ".onnx")));
  for (const std::string& name : written)
    CHECK(read_file(folder.file("out/" + name)) == read_file(folder.file("out/m1.onnx")));
  CHECK(batch.counts.failed() + batch.counts.converted() ==
        static_cast<int>(records_of(folder.file("out/padproof-manifest.jsonl")).size()));
}

}  // namespace padproof::test
