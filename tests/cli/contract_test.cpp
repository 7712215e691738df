// SPDX-License-Identifier: Apache-2.0
// The command line's contract: JSON fields, exit codes, files that appear or do not.
#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>

#include "schemas/report.pb.h"
#include "tests/support/process.h"

namespace {

using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;

const std::string kExamples = "testdata/examples/";
const std::string kOpenModel = "testdata/exports/resnet50_same/model.onnx";

padproof::schemas::Report parse(const std::string& json) {
  padproof::schemas::Report report;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &report);
  CHECK_MESSAGE(status.ok(), status.ToString());
  return report;
}

}  // namespace

TEST_CASE("every field of the contract is present, empty or not") {
  const auto result = run_padproof({"inspect", kExamples + "valid.onnx", "--format", "json"});
  REQUIRE(result.exit_code == 0);
  for (const char* field :
       {"schema_version", "tool_version", "command", "verdict", "models", "source", "target", "nodes", "name",
        "op", "domain", "graph", "status", "padding", "pads", "reason"}) {
    CAPTURE(field);
    CHECK(result.out.find("\"" + std::string(field) + "\": ") != std::string::npos);
  }
  CHECK(parse(result.out).models(0).nodes(0).status() == "rewritten");
}

TEST_CASE("nothing is written unless it is proved") {
  const TemporaryFolder folder;
  const auto refused = run_padproof({"convert", kOpenModel, "-o", folder.file("out.onnx")});
  CHECK(refused.exit_code == 3);
  CHECK(folder.entries().empty());
  const auto allowed =
      run_padproof({"convert", kOpenModel, "-o", folder.file("out.onnx"), "--allow-unknown"});
  CHECK(allowed.exit_code == 0);
  CHECK(folder.entries().empty());
}

TEST_CASE("a file that stands where nothing was written is not taken for the target") {
  const TemporaryFolder folder;
  const std::string stale = folder.write("out.onnx", "another file");
  const auto refused = run_padproof(
      {"convert", kOpenModel, "-o", stale, "--format", "json", "--report", folder.file("report.html")});
  REQUIRE(refused.exit_code == 3);
  CHECK(parse(refused.out).models(0).source_file().sha256().size() == 64);
  CHECK(parse(refused.out).models(0).target_file().sha256().empty());
  const auto written = run_padproof({"convert", kExamples + "same.onnx", "-o", stale, "--format", "json",
                                     "--report", folder.file("report.html")});
  REQUIRE(written.exit_code == 0);
  CHECK(parse(written.out).models(0).target_file().sha256().size() == 64);
}

TEST_CASE("the worst of several inputs decides, and the others are still converted") {
  const TemporaryFolder folder;
  const std::string bad = folder.write("bad.onnx", "not a model");
  const auto result =
      run_padproof({"convert", kExamples + "same.onnx", bad, kOpenModel, kExamples + "valid.onnx",
                    "--out-dir", folder.file("out"), "--format", "json", "--jobs", "3"});
  CHECK(result.exit_code == 2);
  const auto report = parse(result.out);
  CHECK(report.verdict() == "error");
  REQUIRE(report.models_size() == 4);
  CHECK(report.models(0).verdict() == "proved");
  CHECK(report.models(1).verdict() == "error");
  CHECK(report.models(2).verdict() == "unknown");
  CHECK(report.models(3).verdict() == "proved");
  CHECK(std::filesystem::exists(folder.file("out/same.onnx")));
  CHECK(std::filesystem::exists(folder.file("out/valid.onnx")));
  CHECK_FALSE(std::filesystem::exists(folder.file("out/bad.onnx")));
  CHECK_FALSE(std::filesystem::exists(folder.file("out/model.onnx")));
}

TEST_CASE("a directory keeps its layout below --out-dir") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.file("in/deep/er"));
  std::filesystem::copy_file(kExamples + "same.onnx", folder.file("in/deep/er/a.onnx"));
  std::filesystem::copy_file(kExamples + "valid.onnx", folder.file("in/b.onnx"));
  const auto result = run_padproof({"convert", folder.file("in"), "--out-dir", folder.file("out")});
  CHECK(result.exit_code == 0);
  CHECK(std::filesystem::exists(folder.file("out/deep/er/a.onnx")));
  CHECK(std::filesystem::exists(folder.file("out/b.onnx")));
}

TEST_CASE("standard input and output") {
  const std::string source = padproof::test::read_file(kExamples + "same.onnx");
  const auto piped = run_padproof({"convert", "-", "-o", "-"}, source);
  CHECK(piped.exit_code == 0);
  CHECK(piped.err.find("proved") != std::string::npos);
  const TemporaryFolder folder;
  REQUIRE(run_padproof({"convert", kExamples + "same.onnx", "-o", folder.file("out.onnx")}).exit_code == 0);
  CHECK(piped.out == padproof::test::read_file(folder.file("out.onnx")));
}

TEST_CASE("converting twice changes nothing, and in place is safe") {
  const TemporaryFolder folder;
  const std::string model =
      folder.write("m.onnx", padproof::test::read_file(kExamples + "same_stride2.onnx"));
  REQUIRE(run_padproof({"convert", model, "--in-place"}).exit_code == 0);
  const std::string once = padproof::test::read_file(model);
  CHECK(once != padproof::test::read_file(kExamples + "same_stride2.onnx"));
  REQUIRE(run_padproof({"convert", model, "--in-place"}).exit_code == 0);
  CHECK(padproof::test::read_file(model) == once);
  REQUIRE(run_padproof({"convert", model, "-o", folder.file("again.onnx")}).exit_code == 0);
  CHECK(padproof::test::read_file(folder.file("again.onnx")) == once);
  CHECK(run_padproof({"verify", kExamples + "same_stride2.onnx", model}).exit_code == 0);
}

TEST_CASE("reports go to files by their ending") {
  const TemporaryFolder folder;
  const auto result = run_padproof({"verify", kExamples + "same.onnx", kExamples + "pads.onnx", "--report",
                                    folder.file("r.json"), "--report", folder.file("r.txt"), "--quiet"});
  CHECK(result.exit_code == 0);
  CHECK(parse(padproof::test::read_file(folder.file("r.json"))).verdict() == "proved");
  CHECK(padproof::test::read_file(folder.file("r.txt")).find("proved") != std::string::npos);
  CHECK(run_padproof({"inspect", kExamples + "same.onnx", "--report", folder.file("r.xyz")}).exit_code == 2);
  CHECK(run_padproof({"inspect", kExamples + "same.onnx", "--report", folder.file("no/such/r.txt")})
            .exit_code == 2);
}

TEST_CASE("run writes what it computed") {
  const TemporaryFolder folder;
  const std::string model = "testdata/exports/resnet50_same/";
  const auto result = run_padproof({"run", model + "model.onnx", "--inputs", model + "inputs.npz",
                                    "--outputs", folder.file("o.npz"), "--all-values", "--repeat", "2"});
  CHECK(result.exit_code == 0);
  CHECK(result.out.find("min / median / max") != std::string::npos);
  CHECK(std::filesystem::file_size(folder.file("o.npz")) > 100'000);
}
