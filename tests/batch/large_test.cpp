// SPDX-License-Identifier: Apache-2.0
// Models that are large enough to be written past the cache, and hashed meanwhile.
#include <doctest/doctest.h>

#include <filesystem>

#include "model/digest.h"
#include "tests/batch/batches.h"
#include "tests/support/models.h"
#include "tests/support/wire_bytes.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

/// A model with a doc_string (ModelProto, field 6) of 3,000,000 bytes.
std::string large_model(const std::string& model = read_file(kSame), char fill = 'a') {
  std::string text(3'000'000, fill);
  for (std::size_t i = 0; i < text.size(); i += 7) text[i] = static_cast<char>('a' + i % 26);
  return model + wire::bytes(6, text);
}

void check_digests(const std::string& manifest, const std::string& source, const std::string& target) {
  const auto records = records_of(manifest);
  REQUIRE(records.size() == 1);
  const converter::Record& record = records.begin()->second;
  CHECK(record.source_file.sha256 == model::sha256_of(source));
  CHECK(record.source_file.bytes == source.size());
  CHECK(record.target_file.sha256 == model::sha256_of(target));
  CHECK(record.target_file.bytes == target.size());
}

}  // namespace

TEST_CASE("a batch writes of a large model what a single conversion writes") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("in"));
  const std::string source = large_model();
  const std::string path = folder.write("in/a.onnx", source);
  REQUIRE(run_padproof({"convert", path, "-o", folder.file("single.onnx")}).exit_code == 0);
  const std::string expected = read_file(folder.file("single.onnx"));
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--no-sync"}, {"--jobs", "1"}, {"--certificates"}}) {
    fs::remove_all(folder.file("out"));
    const BatchResult batch = convert_folder(folder, more);
    CHECK(batch.counts.converted() == 1);
    CHECK(read_file(folder.file("out/a.onnx")) == expected);
    check_digests(folder.file("out/padproof-manifest.jsonl"), source, expected);
    CHECK(convert_folder(folder, more).counts.up_to_date() == 1);
  }
}

TEST_CASE("large models at once keep apart, written or not") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("in"));
  const std::string same = read_file(kSame);
  const std::string open = model_bytes(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,H,W] x, float[1,1,3,3] w) => (float[] y) "
      "{ y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) }");
  const std::map<std::string, std::string> sources = {
      {"a.onnx", large_model(same, 'a')},         {"b.onnx", large_model(same, 'b')},
      {"c.onnx", large_model(read_file(kSame2))}, {"explicit.onnx", large_model(read_file(kPads))},
      {"open.onnx", large_model(open)},           {"z.onnx", large_model(same, 'z')}};
  for (const auto& [name, bytes] : sources) (void)folder.write("in/" + name, bytes);
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--jobs", "4"}, {"--jobs", "4", "--copy-unchanged"}}) {
    fs::remove_all(folder.file("out"));
    const BatchResult batch = convert_folder(folder, more);
    CHECK(batch.counts.refused() == 1);
    const auto records = records_of(folder.file("out/padproof-manifest.jsonl"));
    REQUIRE(records.size() == sources.size());
    for (const auto& entry : records) {
      const std::string& name = entry.first;
      const converter::Record& record = entry.second;
      CAPTURE(name);
      CHECK(record.source_file.sha256 == model::sha256_of(sources.at(name)));
      const std::string output = folder.file("out/" + name);
      CHECK(fs::exists(output) == !record.target_file.sha256.empty());
      if (fs::exists(output)) CHECK(record.target_file.sha256 == model::sha256_of(read_file(output)));
    }
    CHECK(files_below(folder.file("out")).size() == (more.size() == 2 ? 4 : 5));
  }
}

TEST_CASE("large external data goes along with its digest") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("in"));
  const std::string weights = large_model();  // any bytes
  (void)folder.write("in/w.bin", weights);
  (void)folder.write("in/m.onnx", model_with_weights_in("w.bin"));
  CHECK(convert_folder(folder).counts.converted() == 1);
  CHECK(read_file(folder.file("out/w.bin")) == weights);
  const auto records = records_of(folder.file("out/padproof-manifest.jsonl"));
  REQUIRE(records.begin()->second.external.size() == 1);
  CHECK(records.begin()->second.external[0].sha256 == model::sha256_of(weights));
}

TEST_CASE("a large model is replaced in place, and its original kept") {
  const TemporaryFolder folder;
  const std::string source = large_model();
  const std::string path = folder.write("a.onnx", source);
  const std::string manifest = folder.file("m.jsonl");
  const BatchResult batch = convert({path, "--in-place", "--backup", "--manifest", manifest});
  CHECK(batch.counts.converted() == 1);
  CHECK(read_file(folder.file("a.onnx.orig")) == source);
  check_digests(manifest, source, read_file(path));
}

}  // namespace padproof::test
