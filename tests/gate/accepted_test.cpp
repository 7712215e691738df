// SPDX-License-Identifier: Apache-2.0
// Files of accepted findings: what --write-baseline writes and --baseline takes.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>

#include "model/digest.h"
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

/// One convolution called `conv`.
std::string one_layer(const std::string& attributes, int extent = 33) {
  const std::string size = std::to_string(extent);
  return model_bytes(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,)" + size +
                     "," + size + R"(] x, float[1,1,7,7] w) => (float[] y) {
  conv = Conv<)" + attributes +
                     R"(>(x, w)
  y = Relu(conv)
})");
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

TEST_CASE("a finding is known only while the same thing is found: modes, pads, kernels; not extents") {
  struct Row {
    const char* what;
    std::string accepted;
    std::string later;
    Strings found;
  };
  const std::string strided = "kernel_shape = [7, 7], strides = [2, 2], ";
  const std::string upper = strided + "auto_pad = \"SAME_UPPER\"";
  const Strings odd_new = {"odd-stride-pads new"};
  const Strings implicit_known = {"implicit-padding known", "reference-same-conv known"};
  const Row rows[] = {
      {"other pads", one_layer(strided + "pads = [4, 4, 1, 1]"), one_layer(strided + "pads = [6, 0, 0, 6]"),
       odd_new},
      {"the same pads",
       one_layer(strided + "pads = [4, 4, 1, 1]"),
       one_layer(strided + "pads = [4, 4, 1, 1]", 35),
       {"odd-stride-pads known"}},
      {"another mode",
       one_layer(upper),
       one_layer(strided + "auto_pad = \"SAME_LOWER\""),
       {"implicit-padding new", "reference-same-conv new"}},
      {"another size, at which SAME comes to other pads", one_layer(upper), one_layer(upper, 32),
       implicit_known},
  };
  const TemporaryFolder folder;
  const std::string known = folder.file("known.json");
  for (const Row& row : rows) {
    CAPTURE(std::string(row.what));
    const std::string model = folder.write("m.onnx", row.accepted);
    REQUIRE(gate({model, "--write-baseline", known}).exit_code == 0);
    folder.write("m.onnx", row.later);
    CHECK(findings_of(report_of(gate({model, "--baseline", known})).models(0)) == row.found);
  }
}

TEST_CASE("a difference from the last good export is known only while its pads stay") {
  const TemporaryFolder folder;
  const std::string strided = "kernel_shape = [7, 7], strides = [2, 2], ";
  const std::string good = folder.write("good.onnx", one_layer(strided + "pads = [3, 3, 3, 3]"));
  const std::string model = folder.write("m.onnx", one_layer(strided + "pads = [3, 3, 2, 2]"));
  const std::string known = folder.file("known.json");
  const Strings against = {model, "--baseline", good, "--baseline", known, "--no-run"};
  REQUIRE(gate({model, "--baseline", good, "--no-run", "--write-baseline", known}).exit_code == 0);
  CHECK(gate(against).exit_code == 0);
  folder.write("m.onnx", one_layer(strided + "pads = [4, 4, 1, 1]"));
  const auto result = gate(against);
  CHECK(result.exit_code == 1);
  const auto found = findings_of(report_of(result).models(0));
  CHECK(std::count(found.begin(), found.end(), "baseline-padding new") == 1);
}

TEST_CASE("a file of version 1.0 knows rule and node alone, and is said to") {
  const TemporaryFolder folder;
  const std::string place("implicit-padding\0main\0conv", 26);
  const auto file = [&](const std::string& version) {
    return folder.write("known.json",
                        R"({"schema_version": ")" + version +
                            R"(", "models": [{"model": "m.onnx", "findings": [{"fingerprint": ")" +
                            padproof::model::sha256_of(place) + "\"}]}]}");
  };
  const std::string model = folder.write("m.onnx", read_file(kStrided));
  const std::string note = "known.json: 1 finding is accepted by rule and node alone";
  const Strings known = {"implicit-padding known", "reference-same-conv new"};
  const auto old = gate({model, "--baseline", file("1.0")});
  CHECK(old.exit_code == 0);
  CHECK(findings_of(report_of(old).models(0)) == known);
  CHECK(says(old, note));
  // Written anew it is one of ours.
  const auto renewed =
      gate({model, "--baseline", folder.file("known.json"), "--write-baseline", folder.file("known.json")});
  CHECK(renewed.exit_code == 0);
  CHECK_FALSE(says(renewed, note));
  const auto after = gate({model, "--baseline", folder.file("known.json")});
  CHECK(after.exit_code == 0);
  CHECK_FALSE(says(after, note));
  CHECK(gate({model, "--baseline", file("1.1")}).exit_code == 1);
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
    // One line, and nothing of what is below it.
    CHECK_FALSE(says(result, "\\x0a"));
    if (*row.text != 0) CHECK(says(result, row.part));
  }
  const std::string empty = folder.write("known.json", R"({"schema_version": "1.7", "added_since": 3})");
  CHECK(gate({kExplicit, "--baseline", empty}).exit_code == 0);
  CHECK(gate({kExplicit, "--baseline", empty, "--baseline", empty}).exit_code == 2);
}
