// SPDX-License-Identifier: Apache-2.0
// Files of accepted findings: what --write-baseline writes and --baseline takes.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <filesystem>

#include "tests/gate/runs.h"
#include "tests/support/models.h"

namespace {

using namespace padproof::test;  // NOLINT(google-build-using-namespace)

/// Two convolutions with the same name, the first SAME, the second with `padding`.
std::string two_of_one_name(const std::string& padding) {
  onnx::ModelProto model;
  model.ParseFromString(model_bytes(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,8,8] x) => (float[] y) <float[1,1,3,3] w = {1, 1, 1, 1, 1, 1, 1, 1, 1}> {
  a = Conv<auto_pad = "SAME_UPPER">(x, w)
  y = Conv<)" + padding + R"(>(a, w)
})"));
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node()) node.set_name("conv");
  return model.SerializeAsString();
}

}  // namespace

TEST_CASE("accepted findings: written once, known from every folder, and what is new still breaks") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("models"));
  const std::string model = folder.write("models/m.onnx", read_file(kStrided));
  const std::string known = folder.file("known.json");
  CHECK(gate({model}).exit_code == 1);
  const auto written = gate({model, "--write-baseline", known});
  CHECK(written.exit_code == 0);
  const Strings all_known = {"implicit-padding known", "reference-same-conv known"};
  CHECK(findings_of(report_of(written).models(0)) == all_known);
  const std::string text = read_file(known);
  CHECK(text.find("\"model\": \"models/m.onnx\"") != std::string::npos);
  CHECK(gate({model, "--baseline", known}).exit_code == 0);
  // The same file by another path, read together with what is accepted, writes the same.
  const std::string detour = folder.path() + "/models/../models/m.onnx";
  CHECK(gate({detour, "--baseline", known, "--write-baseline", known}).exit_code == 0);
  CHECK(read_file(known) == text);
  // Another model is not known, nor is another finding of this one.
  const std::string other = folder.write("models/n.onnx", read_file(kStrided));
  CHECK(gate({other, "--baseline", known}).exit_code == 1);
  folder.write("models/m.onnx", model_bytes(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,8,8] x) => (float[] y) <float[1,1,3,3] w = {1, 1, 1, 1, 1, 1, 1, 1, 1}> {
  features = Conv<auto_pad = "SAME_UPPER", strides = [2, 2]>(x, w)
  y = Conv<auto_pad = "SAME_UPPER">(features, w)
})"));
  CHECK(gate({model, "--baseline", known}).exit_code == 1);
}

TEST_CASE("a finding that is accepted once is known once") {
  const TemporaryFolder folder;
  const std::string known = folder.file("known.json");
  const std::string model = folder.write("m.onnx", two_of_one_name("pads = [1, 1, 1, 1]"));
  REQUIRE(gate({model, "--write-baseline", known}).exit_code == 0);
  CHECK(gate({model, "--baseline", known}).exit_code == 0);
  folder.write("m.onnx", two_of_one_name("auto_pad = \"SAME_LOWER\""));
  const auto result = gate({model, "--baseline", known});
  CHECK(result.exit_code == 1);
  CHECK(findings_of(report_of(result).models(0)) ==
        Strings{"implicit-padding known", "implicit-padding new"});
}

TEST_CASE("a finding of one body of an If is not known in the other") {
  const TemporaryFolder folder;
  const std::string known = folder.file("known.json");
  const std::string text = R"(<ir_version: 8, opset_import: ["" : 17]>
g (bool c, float[1,1,8,8] x) => (float[] y) <float[1,1,3,3] w = {1, 1, 1, 1, 1, 1, 1, 1, 1}> {
  y = If(c) <then_branch = t () => (float[] a) { a = Conv<THEN>(x, w) },
             else_branch = e () => (float[] a) { a = Conv<ELSE>(x, w) }>
})";
  const auto model_with = [&](const std::string& then_pads, const std::string& else_pads) {
    std::string filled = text;
    filled.replace(filled.find("THEN"), 4, then_pads);
    filled.replace(filled.find("ELSE"), 4, else_pads);
    return folder.write("m.onnx", model_bytes(filled));
  };
  const std::string same = "auto_pad = \"SAME_UPPER\"";
  const std::string pads = "pads = [1, 1, 1, 1]";
  REQUIRE(gate({model_with(same, pads), "--write-baseline", known}).exit_code == 0);
  CHECK(gate({model_with(same, pads), "--baseline", known}).exit_code == 0);
  CHECK(gate({model_with(pads, same), "--baseline", known}).exit_code == 1);
}

TEST_CASE("files of accepted findings that are none are refused") {
  struct Row {
    const char* text;
    const char* part;
  };
  const Row rows[] = {
      {"{", "not a file of accepted findings"},
      {"{\"schema_version\": \"1.0\", \"modles\": []}", "not a file of accepted findings"},
      {"{}", "unknown version"},
      {"{\"schema_version\": \"2.0\"}", "unknown version"},
      {"{\"schema_version\": \"10\"}", "unknown version"},
      {R"({"schema_version": "1.0", "models": [{"model": "m", "findings": [{"fingerprint": "A1"}]}]})",
       "not a fingerprint"},
      {"", "[baseline"},
  };
  const TemporaryFolder folder;
  for (const Row& row : rows) {
    CAPTURE(std::string(row.text));
    const auto result = gate({kExplicit, "--baseline", folder.write("known.json", row.text)});
    CHECK(result.exit_code == 2);
    CHECK(says(result, "known.json"));
    if (*row.text != 0) CHECK(says(result, row.part));
  }
  const std::string empty = folder.write("known.json", R"({"schema_version": "1.7", "added_since": 3})");
  CHECK(gate({kExplicit, "--baseline", empty}).exit_code == 0);
  CHECK(gate({kExplicit, "--baseline", empty, "--baseline", empty}).exit_code == 2);
}
