// SPDX-License-Identifier: Apache-2.0
// What the plan says of each kind of node: status, pads and reason, as a table.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include "tests/support/conversion.h"

namespace {

using padproof::converter::NodeStatus;
using padproof::test::convert_text;

struct Row {
  std::string name;
  const char* inputs;
  const char* body;  // makes y
  const char* opset;
  NodeStatus status;
  std::vector<std::int64_t> pads;
  const char* reason;  // a part of it
};

const char* const kImage = "float[1,4,7,10] x, float[4,4,3,3] w";
const char* const kLine = "float[1,4,11] x, float[4,4,2] w";
const char* const kVolume = "float[1,4,5,6,7] x, float[4,4,3,3,3] w";

const Row kRows[] = {
    {"1-D even kernel",
     kLine,
     "y = Conv<auto_pad=\"SAME_UPPER\">(x, w)",
     "17",
     NodeStatus::kRewritten,
     {0, 1},
     ""},
    {"1-D even kernel, lower",
     kLine,
     "y = Conv<auto_pad=\"SAME_LOWER\">(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 0},
     ""},
    {"3-D",
     kVolume,
     "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2,2]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 0, 1, 1, 1, 1},
     ""},
    {"an axis without extent",
     "float[1,1,0,9] x",
     "y = MaxPool<auto_pad=\"SAME_UPPER\", kernel_shape=[3,3], strides=[2,2]>(x)",
     "17",
     NodeStatus::kRefused,
     {},
     "axis 2 of 'x' is empty"},
    {"dilation",
     kImage,
     "y = Conv<auto_pad=\"SAME_UPPER\", dilations=[2,3]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {2, 3, 2, 3},
     ""},
    {"opset 1",
     kImage,
     "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "1",
     NodeStatus::kRewritten,
     {1, 0, 1, 1},
     ""},
    {"groups",
     "float[1,4,7,10] x, float[4,1,3,3] w",
     "y = Conv<auto_pad=\"SAME_UPPER\", group=4>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 1, 1, 1},
     ""},
    {"NOTSET keeps its pads",
     kImage,
     "y = Conv<auto_pad=\"NOTSET\", pads=[1,0,0,1]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 0, 0, 1},
     ""},
    {"explicit stays",
     kImage,
     "y = Conv<pads=[1,0,0,1]>(x, w)",
     "17",
     NodeStatus::kUnchanged,
     {1, 0, 0, 1},
     ""},
    {"both, equal",
     kImage,
     "y = Conv<auto_pad=\"SAME_UPPER\", pads=[1,1,1,1]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 1, 1, 1},
     ""},
    {"both, contradicting",
     kImage,
     "y = Conv<auto_pad=\"SAME_UPPER\", pads=[0,0,0,0]>(x, w)",
     "17",
     NodeStatus::kRefused,
     {},
     "runtimes disagree"},
    {"open size, stride 1",
     "float[N,4,H,W] x, float[4,4,3,3] w",
     "y = Conv<auto_pad=\"SAME_UPPER\">(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 1, 1, 1},
     ""},
    {"open size, kernel 1 stride 2",
     "float[N,4,H,W] x, float[4,4,1,1] w",
     "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {0, 0, 0, 0},
     ""},
    {"open size, stride 2",
     "float[N,4,H,W] x, float[4,4,3,3] w",
     "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "17",
     NodeStatus::kRefused,
     {},
     "which is H here"},
    {"lost size",
     "float[N,4,7,7] x, float[4,4,3,3] w, int64[4] s",
     "r = Reshape(x, s) y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(r, w)",
     "17",
     NodeStatus::kRefused,
     {},
     "Reshape 'r'"},
    {"kernel from nowhere",
     "float[N,4,7,7] x, float[4,4,K,K] w",
     "y = Conv<auto_pad=\"SAME_UPPER\">(x, w)",
     "17",
     NodeStatus::kRefused,
     {},
     "does not fix the kernel"},
    {"transposed SAME",
     "float[1,4,5,5] x, float[4,4,3,3] w",
     "y = ConvTranspose<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {0, 0, 1, 1},
     ""},
    {"transposed SAME, lower",
     "float[1,4,5,5] x, float[4,4,3,3] w",
     "y = ConvTranspose<auto_pad=\"SAME_LOWER\", strides=[2,2]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 1, 0, 0},
     ""},
    {"transposed SAME out of reach",
     "float[1,4,5,5] x, float[4,4,1,1] w",
     "y = ConvTranspose<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "17",
     NodeStatus::kRefused,
     {},
     "cannot reach it"},
    {"output_shape",
     "float[1,4,5,5] x, float[4,4,3,3] w",
     "y = ConvTranspose<strides=[2,2], output_shape=[10,9]>(x, w)",
     "17",
     NodeStatus::kRewritten,
     {1, 1, 0, 1},
     ""},
    {"output_shape of opset 1, odd",
     "float[1,4,5,5] x, float[4,4,3,3] w",
     "y = ConvTranspose<strides=[2,2], output_shape=[10,10]>(x, w)",
     "1",
     NodeStatus::kRefused,
     {},
     "the other way round"},
    {"output_shape of opset 1, even",
     "float[1,4,5,5] x, float[4,4,3,3] w",
     "y = ConvTranspose<strides=[2,2], output_shape=[9,9]>(x, w)",
     "1",
     NodeStatus::kRewritten,
     {1, 1, 1, 1},
     ""},
    {"Lp norm",
     kImage,
     "y = LpPool<kernel_shape=[2,2], strides=[2,2], auto_pad=\"SAME_UPPER\">(x)",
     "17",
     NodeStatus::kRewritten,
     {0, 0, 1, 0},
     ""},
    {"average that counts its pads",
     kImage,
     "y = AveragePool<kernel_shape=[3,3], strides=[2,2], count_include_pad=1, auto_pad=\"SAME_LOWER\">(x)",
     "17",
     NodeStatus::kRewritten,
     {1, 1, 1, 0},
     ""},
    {"kernel smaller than stride",
     "float[1,4,8,8] x",
     "y = AveragePool<kernel_shape=[1,1], strides=[4,4], auto_pad=\"SAME_UPPER\">(x)",
     "17",
     NodeStatus::kRewritten,
     {0, 0, 0, 0},
     ""},
};

std::string text_of(const Row& row) {
  return "<ir_version: 8, opset_import: [\"\" : " + std::string(row.opset) + "]> g (" + row.inputs +
         ") => (float[] y) {" + row.body + "}";
}

}  // namespace

TEST_CASE("plans") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    const auto converted = convert_text(text_of(row));
    const auto& plan = converted.plan("y");
    CHECK(static_cast<int>(plan.status) == static_cast<int>(row.status));
    CHECK(plan.pads == row.pads);
    CHECK_MESSAGE(plan.reason.find(row.reason) != std::string::npos, plan.reason);
    CHECK(converted.conversion.approved == (row.status != NodeStatus::kRefused));
  }
}

TEST_CASE("functions: one rewrite must fit every call") {
  const auto build = [](const std::string& second) {
    onnx::ModelProto model;
    REQUIRE(model.ParseFromString(padproof::test::model_bytes(
        "<ir_version: 8, opset_import: [\"\" : 17, \"local\" : 1]> g (float[1,4,8,8] x, float[1,4," + second +
        "] z, float[4,4,3,3] w) => (float[] y, float[] v) { y = local.Block(x, w) v = local.Block(z, w) }")));
    auto& function = *model.add_functions();
    function.set_name("Block");
    function.set_domain("local");
    for (const char* name : {"a", "b"}) function.add_input(name);
    function.add_output("c");
    auto& import = *function.add_opset_import();
    import.set_version(17);
    auto& node = *function.add_node();
    node.set_op_type("Conv");
    node.add_input("a");
    node.add_input("b");
    node.add_output("c");
    auto& strides = *node.add_attribute();
    strides.set_name("strides");
    strides.set_type(onnx::AttributeProto::INTS);
    strides.add_ints(2);
    strides.add_ints(2);
    auto& auto_pad = *node.add_attribute();
    auto_pad.set_name("auto_pad");
    auto_pad.set_type(onnx::AttributeProto::STRING);
    auto_pad.set_s("SAME_UPPER");
    return padproof::test::convert(padproof::test::load(padproof::test::rope_of(model.SerializeAsString())));
  };
  const auto same_parity = build("6,10");
  CHECK(same_parity.conversion.approved);
  CHECK(same_parity.plan("c").pads == std::vector<std::int64_t>{0, 0, 1, 1});
  const auto mixed = build("7,8");
  CHECK_FALSE(mixed.conversion.approved);
  CHECK(mixed.plan("c").reason.find("different pads") != std::string::npos);
}

TEST_CASE("auto_pad on an operator nobody knows is refused, not passed over") {
  const auto converted = convert_text(
      "<ir_version: 8, opset_import: [\"\" : 17, \"vendor\" : 1]> g (float[1,4,8,8] x) => (float[] y) "
      "{ y = vendor.Conv<auto_pad=\"SAME_UPPER\">(x) }");
  CHECK_FALSE(converted.conversion.approved);
  CHECK(converted.plan("y").reason.find("vendor.Conv") != std::string::npos);
}
