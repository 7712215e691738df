// SPDX-License-Identifier: Apache-2.0
// Requests that make no sense: exit code 2 and a message that says what would.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/models.h"
#include "tests/support/rejected.h"

namespace {

using padproof::test::ProcessResult;
using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;

struct Row {
  std::vector<std::string> arguments;  // MODEL, JSON, OPEN and OUT stand for files
  const char* expected;                // part of what standard error says
};

const Row kRows[] = {
    {{}, "subcommand"},
    {{"translate", "MODEL"}, "translate"},
    {{"--bogus"}, "--bogus"},
    {{"inspect"}, "MODEL"},
    {{"convert", "MODEL"}, "--out-dir"},
    {{"convert", "-o", "OUT"}, "INPUT"},
    {{"convert", "MODEL", "-o", "OUT", "--out-dir", "OUT"}, "output"},
    {{"convert", "MODEL", "-o", "OUT", "--verify", "maybe"}, "maybe"},
    {{"convert", "MODEL", "MODEL", "-o", "OUT"}, "[one-output]"},
    {{"convert", "MODEL", "-o"}, "-o"},
    {{"convert", "MODEL", "-o", ""}, "an empty path"},
    {{"convert", "MODEL", "--out-dir", ""}, "an empty path"},
    {{"convert", "", "-o", "OUT"}, "padproof: "},
    {{"verify", "MODEL"}, "TARGET"},
    {{"verify", "MODEL", "MODEL", "MODEL"}, "not expected"},
    {{"verify", "MODEL", "MODEL", "--samples", "0"}, "--samples"},
    {{"verify", "MODEL", "MODEL", "--samples", "-1"}, "--samples"},
    {{"verify", "MODEL", "MODEL", "--samples", "many"}, "--samples"},
    {{"verify", "MODEL", "MODEL", "--seed", "-1"}, "--seed"},
    {{"verify", "MODEL", "MODEL", "--seed", "99999999999999999999"}, "--seed"},
    {{"verify", "MODEL", "MODEL", "--proof-only", "--samples", "3"}, "--samples"},
    {{"run"}, "MODEL"},
    {{"run", "MODEL", "--repeat", "0"}, "--repeat"},
    {{"run", "MODEL", "--all-values"}, "--outputs"},
    {{"run", "MODEL", "MODEL"}, "not expected"},
    {{"inspect", "MODEL", "--format", "xml"}, "xml"},
    {{"inspect", "MODEL", "--color", "blue"}, "blue"},
    {{"inspect", "MODEL", "--jobs", "-1"}, "--jobs"},
    {{"inspect", "MODEL", "--jobs", "100000"}, "--jobs"},
    {{"inspect", "MODEL", "--report", "report"}, "[report-format]"},
    {{"inspect", "MODEL", "--report", "report.yaml"}, "[report-format]"},
    {{"inspect", "MODEL", "--report", ""}, "an empty path"},
    {{"gate", "MODEL", "--policy", ""}, "an empty path"},
    {{"gate", "MODEL", "--write-baseline", ""}, "an empty path"},
    {{"gate", "MODEL", "--write-baseline", "-"}, "standard output holds the report"},
    {{"run", "MODEL", "--inputs", ""}, "an empty path"},
    {{"run", "MODEL", "--report", "report.doc"}, "[report-format]"},
    {{"verify", "MODEL", "MODEL", "--report", "report.doc"}, "[report-format]"},
    {{"convert", "MODEL", "-o", "OUT", "--report", "report.doc"}, "[report-format]"},
    {{"inspect", "JSON", "--report", "JSON"}, "[report-twice]"},
    {{"verify", "MODEL", "JSON", "--report", "JSON"}, "[report-twice]"},
    {{"convert", "MODEL", "-o", "JSON", "--report", "JSON"}, "[report-twice]"},
    {{"convert", "JSON", "-o", "OUT", "--report", "JSON"}, "[report-twice]"},
    {{"run", "MODEL", "--report", "r.json", "--report", "./r.json"}, "[report-twice]"},
    {{"run", "MODEL", "--outputs", "JSON", "--report", "JSON"}, "[report-twice]"},
    {{"run", "MODEL", "--outputs", "MODEL"}, "[output-is-input]"},
    {{"run", "MODEL", "--inputs", "JSON", "--outputs", "JSON"}, "[output-is-input]"},
    {{"inspect", "/nowhere/*.onnx"}, "nothing matches"},
    {{"inspect", "MODEL", "--input-shape", "x"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "=1x1"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x="}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", ""}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x=1x1x7x"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x=1x1x7x-7"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x=1x1x7x7.5"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x=1 x 1"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x=1x1x7x99999999999999999999"}, "NAME=1x3x224x224"},
    {{"inspect", "MODEL", "--input-shape", "x=1x1x8x8"}, "contradicts the model"},
    {{"inspect", "MODEL", "--input-shape", "x=1x7x7"}, "contradicts the model"},
    {{"inspect", "MODEL", "--input-shape", "q=1x1x7x7"}, "names no input"},
    {{"inspect", "MODEL", "--input-shape", "w=1x1x3x3"}, "names no input"},
    {{"inspect", "MODEL", "--input-shape", "x=1x1x7x7", "--input-shape", "x=1x1x7x7"}, "twice"},
    {{"inspect", "OPEN", "--input-shape", "x=1x1x8x9"}, "contradicts the model"},
    {{"convert", "OPEN", "-o", "OUT", "--input-shape", "x=1x1x8x9"}, "contradicts the model"},
    {{"verify", "OPEN", "OPEN", "--input-shape", "x=1x1x8x9"}, "contradicts the model"},
    {{"run", "OPEN", "--input-shape", "x=1x1x8x9"}, "contradicts the model"},
};

// Height and width share a symbol.
const char* const kOpen =
    "<ir_version: 8, opset_import: [\"\" : 17]> g (float[N,1,S,S] x) => (float[N,1,S,S] y)"
    " <float[1,1,3,3] w = {1,2,3,4,5,6,7,8,9}> { y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) }";

std::vector<std::string> with_files(std::vector<std::string> arguments, const TemporaryFolder& folder) {
  for (std::string& argument : arguments) {
    if (argument == "MODEL") argument = folder.file("model.onnx");
    if (argument == "JSON") argument = folder.file("model.json");
    if (argument == "OPEN") argument = folder.file("open.onnx");
    if (argument == "OUT") argument = folder.file("out.onnx");
  }
  return arguments;
}

}  // namespace

TEST_CASE("requests that make no sense") {
  const TemporaryFolder folder;
  folder.write("model.onnx", padproof::test::good_model());
  folder.write("model.json", padproof::test::good_model());
  folder.write("open.onnx", padproof::test::model_bytes(kOpen));
  const auto before = folder.entries();
  for (const Row& row : kRows) {
    const auto arguments = with_files(row.arguments, folder);
    const ProcessResult result = run_padproof(arguments);
    std::string shown;
    for (const std::string& argument : row.arguments) shown += " '" + argument + "'";
    CAPTURE(shown);
    CAPTURE(result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.err.find(row.expected) != std::string::npos);
    // One line, and for the argument parser one more that points to --help.
    const auto lines = padproof::test::lines_of(result.err);
    const bool one = lines.size() == 1 || (lines.size() == 2 && lines[1].find("--help") != std::string::npos);
    CHECK(one);
    CHECK(folder.entries() == before);
  }
}

TEST_CASE("help and version are no errors") {
  for (const char* const flag : {"--help", "--version"}) {
    const ProcessResult result = run_padproof({flag});
    CHECK(result.exit_code == 0);
    CHECK(result.err == "");
    CHECK(result.out.find("padproof") != std::string::npos);
  }
  for (const char* const command : {"inspect", "convert", "verify", "run"}) {
    CHECK(run_padproof({command, "--help"}).exit_code == 0);
  }
}
