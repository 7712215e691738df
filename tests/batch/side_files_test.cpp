// SPDX-License-Identifier: Apache-2.0
// Nothing that padproof writes takes the place of a model's external data, whatever that is called.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/batch/batches.h"
#include "tests/support/child.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr std::size_t kWeightBytes = 36;

ProcessResult run_in(const TemporaryFolder& folder, const Strings& arguments) {
  Hardship hardship;
  hardship.folder = folder.path();
  return run_under(hardship, arguments);
}

/// `in/m.onnx` with its weights in `in/LOCATION`, and the same below `copy`.
void write_with_weights_in(const TemporaryFolder& folder, const std::string& location) {
  for (const std::string place : {"in/", "copy/"}) {
    fs::create_directories(folder.file(place));
    (void)folder.write(place + "m.onnx", model_with_weights_in(location));
    (void)folder.write(place + location, std::string(kWeightBytes, 'w'));
  }
}

void check_refused(const TemporaryFolder& folder, const Strings& arguments, const std::string& kept) {
  const std::string before = read_file(folder.file(kept));
  const auto result = run_in(folder, arguments);
  CAPTURE(arguments[0] + " " + arguments.back());
  CAPTURE(result.err);
  CHECK(result.exit_code == 2);
  CHECK(result.err.find("external data") != std::string::npos);
  CHECK(read_file(folder.file(kept)) == before);
}

}  // namespace

TEST_CASE("weights that another model's output would replace are refused, in any order") {
  for (const char* const jobs : {"1", "2"}) {
    const TemporaryFolder folder;
    for (const char* const place : {"d1", "d2", "d3"}) fs::create_directory(folder.file(place));
    (void)folder.write("d1/m.onnx", model_with_weights_in("b.onnx"));
    (void)folder.write("d1/b.onnx", read_file(kSame));
    (void)folder.write("d2/b.onnx", read_file(kSame2));
    for (const Strings& inputs : {Strings{"d1/m.onnx", "d2/b.onnx"}, {"d2/b.onnx", "d1/m.onnx"}, {"d1"}}) {
      Strings arguments = {"convert", "--out-dir", "o", "--copy-unchanged", "--jobs", jobs};
      arguments.insert(arguments.end(), inputs.begin(), inputs.end());
      for (int run = 0; run < 2; ++run) {
        const auto result = run_in(folder, arguments);
        CHECK(result.exit_code == 2);
        CHECK(result.err.find("o/b.onnx) [output-is-input]") != std::string::npos);
        CHECK(files_below(folder.file("o")) == Strings{"b.onnx"});
      }
      fs::remove_all(folder.file("o"));
    }
  }
}

TEST_CASE("a file that holds another model's weights is not replaced in place") {
  for (const char* const jobs : {"1", "2"}) {
    const TemporaryFolder folder;
    fs::create_directories(folder.file("in/deep"));
    (void)folder.write("in/z.onnx", model_with_weights_in("deep/b.onnx"));
    (void)folder.write("in/deep/b.onnx", read_file(kSame));
    (void)folder.write("in/deep/c.onnx", read_file(kSame));
    const auto result = run_in(folder, {"convert", "in", "--in-place", "--certificates", "--jobs", jobs});
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("in/deep/b.onnx) [output-is-input]") != std::string::npos);
    CHECK(read_file(folder.file("in/deep/b.onnx")) == read_file(kSame));
    CHECK(read_file(folder.file("in/deep/c.onnx")) != read_file(kSame));
    CHECK(run_padproof({"inspect", folder.file("in/z.onnx")}).out.find("0 implicit") != std::string::npos);
  }
}

TEST_CASE("an output replaces no weights beside a source that lies above it") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in/o"));
  (void)folder.write("in/m.onnx", model_with_weights_in("o/b.onnx"));
  (void)folder.write("in/o/b.onnx", std::string(kWeightBytes, 'w'));
  (void)folder.write("in/b.onnx", read_file(kSame));
  check_refused(folder, {"convert", "in", "--out-dir", "in/o"}, "in/o/b.onnx");
}

TEST_CASE("certificates take the place of no weights") {
  const TemporaryFolder folder;
  write_with_weights_in(folder, "m.onnx.cert.json");
  const std::string kept = "in/m.onnx.cert.json";
  check_refused(folder, {"convert", "in", "--out-dir", "o", "--certificates"}, kept);
  CHECK(files_below(folder.file("o")).empty());
  check_refused(folder, {"convert", "in", "--in-place", "--certificates"}, kept);
  check_refused(folder, {"convert", "in/m.onnx", "-o", "o/n.onnx", "--certificate", kept}, kept);
  check_refused(folder, {"convert", "in/m.onnx", "-o", "-", "--certificate", kept}, kept);
  check_refused(folder, {"convert", "in/m.onnx", "-o", "o/m.onnx", "--certificates"}, kept);
  check_refused(folder, {"verify", "in/m.onnx", "copy/m.onnx", "--certificate", kept}, kept);
  check_refused(folder, {"verify", "copy/m.onnx", "in/m.onnx", "--certificate", kept}, kept);
  // Of another model, in place.
  const TemporaryFolder other;
  write_with_weights_in(other, "a.onnx.cert.json");
  (void)other.write("in/a.onnx", read_file(kSame));
  check_refused(other, {"convert", "in", "--in-place", "--certificates"}, "in/a.onnx.cert.json");
}

TEST_CASE("reports, outputs of runs and manifests take the place of no weights") {
  const TemporaryFolder folder;
  write_with_weights_in(folder, "w.json");
  const std::string kept = "in/w.json";
  check_refused(folder, {"inspect", "in", "--report", kept}, kept);
  check_refused(folder, {"run", "in/m.onnx", "--report", kept}, kept);
  check_refused(folder, {"run", "in/m.onnx", "--outputs", kept}, kept);
  check_refused(folder, {"verify", "in/m.onnx", "copy/m.onnx", "--report", kept}, kept);
  check_refused(folder, {"diff", "copy/m.onnx", "in/m.onnx", "--report", kept}, kept);
  check_refused(folder, {"gate", "in/m.onnx", "--report", kept}, kept);
  check_refused(folder, {"gate", "copy/m.onnx", "--baseline", "in/m.onnx", "--report", kept}, kept);
  check_refused(folder, {"convert", "in/m.onnx", "-o", "o/n.onnx", "--report", kept}, kept);
  check_refused(folder, {"convert", "in/m.onnx", "-o", "o/n.onnx", "--report", "o/w.json"}, "o/w.json");
  const Strings batch = {"convert", "in", "--out-dir", "out", "--report"};
  for (const std::string& report : {kept, std::string("out/w.json")}) {
    Strings arguments = batch;
    arguments.push_back(report);
    (void)run_in(folder, {"convert", "in", "--out-dir", "out"});
    check_refused(folder, arguments, report);  // up to date
    fs::remove_all(folder.file("out"));
    check_refused(folder, arguments, kept);
  }
  for (int run = 0; run < 2; ++run)
    check_refused(folder, {"convert", "in", "--in-place", "--manifest", "m.jsonl", "--report", kept}, kept);
  const TemporaryFolder other;
  write_with_weights_in(other, "padproof-manifest.jsonl");
  check_refused(other, {"convert", "in", "--out-dir", "o"}, "in/padproof-manifest.jsonl");
}

}  // namespace padproof::test
