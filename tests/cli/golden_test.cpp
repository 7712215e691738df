// SPDX-License-Identifier: Apache-2.0
// What people and scripts read, byte for byte: each row is a command, its exit code and its approved output
// in tests/golden. PADPROOF_APPROVE=1 in the environment writes the outputs anew.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/process.h"
#include "tests/support/slow_build.h"

namespace {

using padproof::test::ProcessResult;
using padproof::test::TemporaryFolder;

struct Row {
  std::string name;
  std::vector<std::string> arguments;  // OUT stands for a temporary folder
  int exit_code;
  std::vector<std::string> before = {};  // a command that must succeed first
};

const std::string kExamples = "testdata/examples/";
const std::string kExports = "testdata/exports/";
const std::string kResnet18 = kExports + "torch_resnet18_script_static/";
const std::vector<std::string> kOther = {"run", kExamples + "same_stride2.onnx", "--outputs",
                                         "OUT/other.npz"};
const std::string kBound = "image=2x61x75x3";

const Row kRows[] = {
    {"inspect_valid", {"inspect", kExamples + "valid.onnx"}, 0},
    {"inspect_open_size", {"inspect", kExports + "resnet50_same/model.onnx"}, 3},
    {"inspect_bound_size_json",
     {"inspect", kExports + "resnet50_same/model.onnx", "--input-shape", kBound, "--format", "json"},
     0},
    {"convert_same_stride2", {"convert", kExamples + "same_stride2.onnx", "-o", "OUT/explicit.onnx"}, 0},
    {"convert_certificate",
     {"convert", kExamples + "same_stride2.onnx", "-o", "OUT/explicit.onnx", "--certificate",
      "OUT/explicit.cert.json"},
     0},
    {"convert_same_stride2_json",
     {"convert", kExamples + "same_stride2.onnx", "-o", "OUT/explicit.onnx", "--format", "json"},
     0},
    {"convert_open_size", {"convert", kExports + "resnet50_same/model.onnx", "-o", "OUT/explicit.onnx"}, 3},
    {"convert_bound_size",
     {"convert", kExports + "resnet50_same/model.onnx", "-o", "OUT/explicit.onnx", "--input-shape", kBound,
      "--verify", "run"},
     0},
    {"convert_several", {"convert", kExamples + "*.onnx", "--out-dir", "OUT/explicit", "--jobs", "2"}, 0},
    {"convert_quiet", {"convert", kExamples + "*.onnx", "--out-dir", "OUT/explicit", "--quiet"}, 0},
    {"batch_open_size",
     {"convert", kExamples, kExports + "resnet50_same", "--out-dir", "OUT/explicit", "--quiet"},
     3},
    {"batch_bound_size",
     {"convert", kExports + "resnet50_same", "--out-dir", "OUT/explicit", "--input-shape", kBound, "--quiet"},
     0},
    {"batch_assumed",
     {"convert", kExports + "resnet50_same", "--out-dir", "OUT/explicit", "--assume", "unk__1037%32=0",
      "--assume", "unk__1038%32=0", "--quiet"},
     0},
    {"convert_color",
     {"convert", kExamples + "same.onnx", "-o", "OUT/explicit.onnx", "--color", "always"},
     0},
    {"verify_same_against_pads", {"verify", kExamples + "same.onnx", kExamples + "pads.onnx"}, 0},
    {"verify_shortcut", {"verify", kExamples + "same_stride2.onnx", kExamples + "shortcut_stride2.onnx"}, 1},
    {"verify_shortcut_json",
     {"verify", kExamples + "same_stride2.onnx", kExamples + "shortcut_stride2.onnx", "--format", "json",
      "--proof-only"},
     1},
    {"verify_other_interface", {"verify", kExamples + "same.onnx", kExamples + "same_stride2.onnx"}, 3},
    {"gate", {"gate", kExports + "resnet50v2_static/model.onnx", kExamples}, 1},
    {"gate_session", {"gate", kExports + "resnet50v2_static/model.onnx", kExamples + "same.onnx"}, 1},
    {"gate_rules", {"gate", "--rules"}, 0},
    {"gate_json", {"gate", kExamples + "same_stride2.onnx", "--format", "json"}, 1},
    {"gate_markdown", {"gate", kExamples + "same*.onnx", "--format", "markdown"}, 1},
    {"gate_sarif", {"gate", kExamples + "same_stride2.onnx", "--format", "sarif"}, 1},
    {"gate_junit",
     {"gate", kExamples + "same_stride2.onnx", kExamples + "pads.onnx", "--format", "junit"},
     1},
    {"gate_github", {"gate", kExports + "efficientnetb0_dynamic/model.onnx", "--format", "github"}, 1},
    {"gate_one", {"gate", kExamples + "same_stride2.onnx"}, 1},
    {"gate_fixed",
     {"gate", "OUT/explicit.onnx"},
     0,
     {"convert", kExamples + "same_stride2.onnx", "-o", "OUT/explicit.onnx", "--quiet"}},
    {"gate_policy", {"gate", kExamples, "--policy", "testdata/gate/policy.toml"}, 1},
    {"gate_known",
     {"gate", kExamples + "same*.onnx", "--baseline", "OUT/known.json"},
     0,
     {"gate", kExamples + "same*.onnx", "--write-baseline", "OUT/known.json", "--quiet"}},
    {"gate_unreadable",
     {"gate", kExamples + "pads.onnx", "OUT/none.onnx", kExamples + "same.onnx", "--quiet"},
     2},
    {"gate_wrong_policy", {"gate", kExamples + "pads.onnx", "--policy", "testdata/gate/wrong.toml"}, 2},
    {"gate_baseline",
     {"gate", kExamples + "shortcut_stride2.onnx", "--baseline", kExamples + "same_stride2.onnx"},
     1},
    {"diff_ports",
     {"diff", kExports + "resnet50_same/model.onnx", "testdata/diff/symmetric_scrambled.onnx",
      "--input-shape", "image=1x64x64x3", "--samples", "2"},
     1},
    {"diff_folded_normalization",
     {"diff", "testdata/diff/same_normalized.onnx", "testdata/exports/resnet50_same/model.onnx",
      "--input-shape", "image=1x64x64x3", "--samples", "1"},
     0},
    {"diff_open_size",
     {"diff", kExports + "resnet50_same/model.onnx", "testdata/diff/symmetric.onnx", "--no-run"},
     1},
    {"diff_shortcut", {"diff", kExamples + "same_stride2.onnx", kExamples + "shortcut_stride2.onnx"}, 1},
    {"diff_absorbed",
     {"diff", kExports + "resnet50v2_static/model.onnx", "testdata/diff/keras_v2_absorbed.onnx", "--samples",
      "1"},
     1},
    {"diff_json",
     {"diff", kExamples + "same_stride2.onnx", kExamples + "shortcut_stride2.onnx", "--format", "json"},
     1},
    {"diff_markdown",
     {"diff", kExports + "resnet50_same/model.onnx", "testdata/diff/symmetric.onnx", "--input-shape",
      "image=1x64x64x3", "--samples", "1", "--no-bound", "--format", "markdown"},
     1},
    {"convert_several_markdown",
     {"convert", kExamples + "*.onnx", "--out-dir", "OUT/explicit", "--format", "markdown"},
     0},
    {"verify_shortcut_markdown",
     {"verify", kExamples + "same_stride2.onnx", kExamples + "shortcut_stride2.onnx", "--format", "markdown"},
     1},
    {"diff_left_over", {"diff", kResnet18 + "model.onnx", kExamples + "same.onnx"}, 3},
    {"run_valid", {"run", kExamples + "valid.onnx"}, 0},
    {"run_pads", {"run", kExamples + "pads.onnx"}, 0},
    {"run_same", {"run", kExamples + "same.onnx"}, 0},
    {"run_json", {"run", kExamples + "pads.onnx", "--format", "json"}, 0},
    {"run_expected",
     {"run", kResnet18 + "model.onnx", "--inputs", kResnet18 + "inputs.npz", "--expected",
      kResnet18 + "expected.npz"},
     0},
    {"run_expected_peer",
     {"run", kExports + "resnet50v2_static/model.onnx", "--inputs", kExports + "resnet50v2_static/inputs.npz",
      "--expected", "testdata/peers/resnet50v2_onnxruntime.npz"},
     1},
    {"run_expected_slipped",
     {"run", kExamples + "shortcut_stride2.onnx", "--expected", "OUT/other.npz"},
     1,
     kOther},
    {"run_expected_slipped_json",
     {"run", kExamples + "shortcut_stride2.onnx", "--expected", "OUT/other.npz", "--format", "json"},
     1,
     kOther},
    {"run_expected_tolerance",
     {"run", kExamples + "shortcut_stride2.onnx", "--expected", "OUT/other.npz", "--atol", "1e-5"},
     1,
     kOther},
    {"run_expected_no_bound",
     {"run", kExports + "resnet50_same_qdq/model.onnx", "--inputs", kExports + "resnet50_same_qdq/inputs.npz",
      "--expected", kExports + "resnet50_same_qdq/expected.npz"},
     3},
    {"verify_expected",
     {"verify", kExamples + "same_stride2.onnx", kExamples + "same_stride2.onnx", "--expected",
      "OUT/other.npz"},
     0,
     kOther},
};

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string run_shown(const std::vector<std::string>& command, const TemporaryFolder& folder,
                      int& exit_code) {
  std::vector<std::string> arguments;
  std::string text = "$ padproof";
  for (const std::string& argument : command) {
    arguments.push_back(replace_all(argument, "OUT", folder.path()));
    text += " " + argument;
  }
  const ProcessResult result = padproof::test::run_padproof(arguments);
  exit_code = result.exit_code;
  text += "\n" + result.out;
  if (!result.err.empty()) text += "--- standard error\n" + result.err;
  return text;
}

std::string transcript(const Row& row, int& exit_code) {
  const TemporaryFolder folder;
  std::string text;
  if (!row.before.empty()) {
    text = run_shown(row.before, folder, exit_code) + "\n";
    CHECK(exit_code == 0);
  }
  text += run_shown(row.arguments, folder, exit_code);
  text += "--- exit code " + std::to_string(exit_code) + "\n";
  return replace_all(text, folder.path(), "OUT");
}

}  // namespace

TEST_CASE("approved outputs") {
  const bool approve = std::getenv("PADPROOF_APPROVE") != nullptr;
  // Sanitizers watch the same code in tests of its own: here every third command is enough.
  for (std::size_t i = 0; i < std::size(kRows); i += padproof::test::kSlowBuild && !approve ? 3 : 1) {
    const Row& row = kRows[i];
    CAPTURE(row.name);
    int exit_code = -1;
    const std::string text = transcript(row, exit_code);
    CHECK(exit_code == row.exit_code);
    const std::string path = std::string("tests/golden/") + row.name + ".txt";
    if (approve) std::ofstream(path, std::ios::binary) << text;
    CHECK(padproof::test::read_file(path) == text);
  }
}
