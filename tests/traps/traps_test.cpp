// SPDX-License-Identifier: Apache-2.0
// The thirteen traps where a naive rewrite changes the result, each by its number.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <string>

#include "tests/support/conversion.h"

namespace {

using padproof::converter::NodeStatus;
using padproof::test::convert_text;
using padproof::test::execute_texts;
using padproof::test::prove_texts;
using padproof::verifier::Outcome;
using padproof::verifier::Status;

std::string model_text(const std::string& inputs, const std::string& body,
                       const std::string& outputs = "float[] y", const std::string& initializers = "",
                       const std::string& opset = "17") {
  return "<ir_version: 8, opset_import: [\"\" : " + opset + "]> g (" + inputs + ") => (" + outputs + ") " +
         (initializers.empty() ? "" : "<" + initializers + "> ") + "{" + body + "}";
}

const std::string kImage = "float[1,1,5,5] x";
const std::string kPads = "int64[8] p = {0,0,1,1,0,0,1,1}";

std::size_t count_nodes(const padproof::test::Loaded& loaded) { return loaded.model.graph->nodes.size(); }

onnx::ModelProto parse(const padproof::test::Converted& converted) {
  onnx::ModelProto model;
  model.ParseFromString(padproof::test::bytes_of(*converted.conversion.target));
  return model;
}

bool has_attribute(const onnx::NodeProto& node, const std::string& name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("trap 1: Pad(0) before MaxPool is not MaxPool with pads") {
  const std::string zero =
      model_text(kImage, "q = Pad(x, p) y = MaxPool<kernel_shape=[3,3]>(q)", "float[] y", kPads);
  const std::string least = model_text(kImage, "q = Pad(x, p, v) y = MaxPool<kernel_shape=[3,3]>(q)",
                                       "float[] y", kPads + ", float v = {-3.0}");
  const std::string pool = model_text(kImage, "y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)");
  CHECK(prove_texts(zero, pool).status != Status::kProved);
  CHECK(prove_texts(least, pool).status != Status::kProved);
  bool shown = false;
  for (std::uint64_t seed = 0; seed < 8 && !shown; ++seed) {
    shown = execute_texts(zero, pool, seed).outcome == Outcome::kDifferent;
  }
  CHECK(shown);
  const auto converted =
      convert_text(model_text(kImage, "y = MaxPool<kernel_shape=[3,3], auto_pad=\"SAME_UPPER\">(x)"));
  CHECK(converted.conversion.approved);
  CHECK(count_nodes(*converted.target) == 1);
}

TEST_CASE("trap 2: Pad before AveragePool is count_include_pad=1 only") {
  const std::string padded =
      model_text(kImage, "q = Pad(x, p) y = AveragePool<kernel_shape=[3,3]>(q)", "float[] y", kPads);
  const std::string counting =
      model_text(kImage, "y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad=1>(x)");
  const std::string skipping = model_text(kImage, "y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)");
  CHECK(prove_texts(padded, counting).status == Status::kProved);
  CHECK(execute_texts(padded, counting).outcome == Outcome::kIdentical);
  CHECK(prove_texts(padded, skipping).status == Status::kRefuted);
  CHECK(execute_texts(padded, skipping).outcome == Outcome::kDifferent);
  const auto converted =
      convert_text(model_text(kImage, "y = AveragePool<kernel_shape=[3,3], auto_pad=\"SAME_UPPER\">(x)"));
  CHECK(converted.conversion.approved);
  CHECK_FALSE(has_attribute(parse(converted).graph().node(0), "count_include_pad"));
}

TEST_CASE("trap 3: quantised operators pad with the zero point") {
  const std::string inputs = "uint8[1,1,5,5] x, uint8[1,1,3,3] w";
  const std::string five = kPads + ", uint8 z = {5}, uint8 v = {5}";
  const std::string padded =
      model_text(inputs, "q = Pad(x, p, v) y = ConvInteger(q, w, z)", "int32[] y", five);
  const std::string zeroed =
      model_text(inputs, "q = Pad(x, p) y = ConvInteger(q, w, z)", "int32[] y", kPads + ", uint8 z = {5}");
  const std::string pads =
      model_text(inputs, "y = ConvInteger<pads=[1,1,1,1]>(x, w, z)", "int32[] y", "uint8 z = {5}");
  CHECK(prove_texts(zeroed, pads).status != Status::kProved);
  CHECK(execute_texts(padded, pads).outcome == Outcome::kIdentical);
  CHECK(execute_texts(zeroed, pads).outcome == Outcome::kDifferent);
  const auto converted = convert_text(
      model_text(inputs, "y = ConvInteger<auto_pad=\"SAME_UPPER\">(x, w, z)", "int32[] y", "uint8 z = {5}"));
  CHECK(converted.conversion.approved);
  CHECK(count_nodes(*converted.target) == 1);
}

TEST_CASE("trap 4: pools whose pads reach the kernel do not load in ONNX Runtime") {
  const auto dilated = convert_text(model_text(
      "float[1,1,9,9] x", "y = MaxPool<kernel_shape=[2,2], dilations=[4,4], auto_pad=\"SAME_UPPER\">(x)"));
  CHECK(dilated.conversion.approved);
  CHECK(dilated.plan("y").pads == std::vector<std::int64_t>{2, 2, 2, 2});
  CHECK(dilated.warns("y", "pool-pads-reach-kernel"));
  CHECK(dilated.warns("y", "same-dilated-pool"));
  const auto plain =
      convert_text(model_text(kImage, "y = MaxPool<kernel_shape=[3,3], auto_pad=\"SAME_UPPER\">(x)"));
  CHECK_FALSE(plain.warns("y", "pool-pads-reach-kernel"));
}

TEST_CASE("trap 5: a Pad node equals pads for finite weights only") {
  const auto texts = [](const std::string& weight) {
    const std::string weights = ", float[1,1,1,3] w = {1.0, " + weight + ", 2.0}";
    return std::pair(
        model_text("float[1,1,1,5] x", "q = Pad(x, p) y = Conv(q, w)", "float[] y",
                   "int64[8] p = {0,0,0,1,0,0,0,1}" + weights),
        model_text("float[1,1,1,5] x", "y = Conv<pads=[0,1,0,1]>(x, w)", "float[] y", weights.substr(2)));
  };
  const auto [padded, pads] = texts("3.0");
  CHECK(prove_texts(padded, pads).status == Status::kProved);
  const auto make_infinite = [](std::string text) {
    onnx::ModelProto model;
    model.ParseFromString(padproof::test::model_bytes(text));
    for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
      if (tensor.name() == "w") tensor.set_float_data(1, INFINITY);
    }
    return padproof::test::load(padproof::test::rope_of(model.SerializeAsString()));
  };
  const auto source = make_infinite(padded);
  const auto target = make_infinite(pads);
  const padproof::verifier::VerifyOptions proof_only{true, false, {}};
  CHECK(verify(source.model, *source.facts, target.model, *target.facts, proof_only).status ==
        Status::kUnknown);
  // Between auto_pad and pads no engine has anything to multiply differently.
  const auto same = make_infinite(model_text("float[1,1,1,5] x", "y = Conv<auto_pad=\"SAME_UPPER\">(x, w)",
                                             "float[] y", "float[1,1,1,3] w = {1.0, 3.0, 2.0}"));
  CHECK(verify(same.model, *same.facts, target.model, *target.facts, proof_only).status == Status::kProved);
}

TEST_CASE("trap 6: sums start at +0, so skipping a tap is adding w*0") {
  const std::string weights = ", float[1,1,1,3] w = {-1.0, -0.0, 0.0}";
  const std::string padded =
      model_text("float[1,1,1,5] x", "r = Relu(x) n = Neg(r) q = Pad(n, p) y = Conv(q, w)", "float[] y",
                 "int64[8] p = {0,0,0,1,0,0,0,1}" + weights);
  const std::string pads =
      model_text("float[1,1,1,5] x", "r = Relu(x) n = Neg(r) y = Conv<pads=[0,1,0,1]>(n, w)", "float[] y",
                 weights.substr(2));
  CHECK(prove_texts(padded, pads).status == Status::kProved);
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    CHECK(execute_texts(padded, pads, seed).outcome == Outcome::kIdentical);
  }
}

TEST_CASE("trap 7: Indices refer to the unpadded tensor") {
  const auto converted = convert_text(
      model_text(kImage, "y, i = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad=\"SAME_LOWER\">(x)",
                 "float[] y, int64[] i"));
  CHECK(converted.conversion.approved);
  CHECK(
      execute_texts(
          model_text(kImage, "y, i = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad=\"SAME_LOWER\">(x)",
                     "float[] y, int64[] i"),
          model_text(kImage, "y, i = MaxPool<kernel_shape=[3,3], strides=[2,2], pads=[1,1,1,1]>(x)",
                     "float[] y, int64[] i"))
          .outcome == Outcome::kIdentical);
  const auto storage = [](int order) {
    return model_text(
        kImage,
        "y, i = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1], storage_order=" + std::to_string(order) + ">(x)",
        "float[] y, int64[] i");
  };
  CHECK(prove_texts(storage(0), storage(1)).status != Status::kProved);
}

TEST_CASE("trap 8: SAME fixes the output extent, ceil_mode must not add to it") {
  const auto same = convert_text(
      model_text("float[1,1,9,9] x",
                 "y = MaxPool<kernel_shape=[1,1], strides=[4,4], ceil_mode=1, auto_pad=\"SAME_UPPER\">(x)"));
  CHECK(same.conversion.approved);
  CHECK_FALSE(has_attribute(parse(same).graph().node(0), "ceil_mode"));
  const auto valid = convert_text(
      model_text("float[1,1,6,6] x",
                 "y = MaxPool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1, auto_pad=\"VALID\">(x)"));
  CHECK(valid.conversion.approved);
  CHECK(has_attribute(parse(valid).graph().node(0), "ceil_mode"));
  CHECK(valid.warns("y", "valid-ceil-mode"));
  const auto harmless = convert_text(
      model_text("float[1,1,7,7] x",
                 "y = MaxPool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1, auto_pad=\"VALID\">(x)"));
  CHECK_FALSE(harmless.warns("y", "valid-ceil-mode"));
}

TEST_CASE("trap 9: auto_pad goes where pads come") {
  for (const char* mode : {"SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"}) {
    CAPTURE(mode);
    const auto converted = convert_text(
        model_text(kImage + ", float[1,1,3,3] w", "y = Conv<auto_pad=\"" + std::string(mode) + "\">(x, w)"));
    REQUIRE(converted.conversion.approved);
    const auto node = parse(converted).graph().node(0);
    CHECK_FALSE(has_attribute(node, "auto_pad"));
    CHECK(has_attribute(node, "pads"));
  }
}

TEST_CASE("trap 10: negative pads crop, and are not folded") {
  const std::string crop = "int64[8] p = {0,0,-1,-1,0,0,-1,-1}";
  const std::string padded =
      model_text(kImage + ", float[1,1,3,3] w", "q = Pad(x, p) y = Conv(q, w)", "float[] y", crop);
  const std::string pads = model_text(kImage + ", float[1,1,3,3] w", "y = Conv<pads=[-1,-1,-1,-1]>(x, w)");
  CHECK(prove_texts(padded, pads).status == Status::kUnknown);
  CHECK(prove_texts(padded, padded).status == Status::kProved);
}

TEST_CASE("trap 11: pads for one size are not pads for all sizes") {
  const std::string open = model_text("float[N,1,H,W] x, float[1,1,3,3] w",
                                      "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)");
  const auto refused = convert_text(open);
  CHECK_FALSE(refused.conversion.approved);
  CHECK(refused.conversion.target == nullptr);
  CHECK(refused.plan("y").status == NodeStatus::kRefused);
  CHECK(refused.plan("y").reason.find("--input-shape") != std::string::npos);
  padproof::model::InferenceOptions bound;
  bound.input_shapes["x"] = padproof::test::shape_of("Nx1x8x8");
  const auto fixed = convert_text(open, bound);
  CHECK(fixed.conversion.approved);
  CHECK(fixed.warns("y", "bound-size-only"));
  REQUIRE(fixed.verdict.proof.assumptions.size() == 1);
  CHECK(fixed.verdict.proof.assumptions[0].find("Nx1x8x8") != std::string::npos);
}

TEST_CASE("trap 12: no node is added that an optimiser could fold wrongly") {
  const auto converted = convert_text(model_text(kImage + ", float[1,1,3,3] w",
                                                 "c = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) y = "
                                                 "MaxPool<kernel_shape=[2,2], auto_pad=\"SAME_LOWER\">(c)"));
  REQUIRE(converted.conversion.approved);
  REQUIRE(count_nodes(*converted.target) == 2);
  for (const auto& node : converted.target->model.graph->nodes) CHECK(node.op_type != "Pad");
}

TEST_CASE("trap 13: asymmetry is reported") {
  const auto even = convert_text(model_text("float[1,1,8,8] x, float[1,1,3,3] w",
                                            "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)"));
  CHECK(even.warns("y", "asymmetric-pads"));
  const auto odd = convert_text(model_text("float[1,1,9,9] x, float[1,1,3,3] w",
                                           "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)"));
  CHECK_FALSE(odd.warns("y", "asymmetric-pads"));
}
