// SPDX-License-Identifier: Apache-2.0
// Microsoft's operators on quantised tensors: numbers that ONNX Runtime 1.31.1 gives.
#include <doctest/doctest.h>

#include "tests/engine/one_node.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using testing::OneNode;
using testing::tensor_of;
using Inputs = std::vector<std::optional<Tensor>>;

Tensor bytes(Dims dims, const std::vector<std::uint8_t>& values) {
  return tensor_of(DataType::kUint8, std::move(dims), values);
}
Tensor step(float value) { return testing::floats({}, {value}); }
Tensor zero(std::uint8_t value) { return bytes({}, {value}); }

const std::vector<std::uint8_t> kLeft = {0, 1, 100, 127, 128, 200, 254, 255};
const std::vector<std::uint8_t> kRight = {255, 3, 90, 127, 1, 60, 254, 0};

struct Row {
  OneNode node;
  Inputs inputs;
  Tensor expected;
};

Inputs both(const Dims& dims) {
  return {bytes(dims, kLeft), step(.02F), zero(128),   bytes(dims, kRight),
          step(.03F),         zero(100),  step(.025F), zero(110)};
}

Row where_row() {
  Inputs inputs = both({8});
  inputs.insert(inputs.begin(),
                tensor_of(DataType::kBool, {8}, std::vector<std::uint8_t>{1, 0, 1, 0, 1, 0, 1, 0}));
  return {OneNode("QLinearWhere", 1, "com.microsoft"), inputs, bytes({8}, {8, 0, 88, 142, 110, 62, 211, 0})};
}

Row gemm_row() {
  return {OneNode("QGemm", 1, "com.microsoft").with("transB", std::int64_t{1}).with("alpha", 2.0F),
          {bytes({2, 4}, kLeft), step(.02F), zero(128), bytes({2, 4}, kRight), step(.03F), zero(100),
           tensor_of(DataType::kInt32, {2}, std::vector<std::int32_t>{7, -5}), step(.25F), zero(110)},
          bytes({2, 2}, {75, 175, 87, 128})};
}

Row pool_row(std::int64_t channels_last, Dims dims, const std::vector<std::uint8_t>& expected) {
  return {OneNode("QLinearGlobalAveragePool", 1, "com.microsoft").with("channels_last", channels_last),
          {bytes({1, 2, 2, 2}, kLeft), step(.02F), zero(128), step(.01F), zero(60)},
          bytes(std::move(dims), expected)};
}

std::vector<Row> rows() {
  const auto node = [](std::string_view op_type) { return OneNode(op_type, 1, "com.microsoft"); };
  const Tensor left = bytes({8}, kLeft);
  return {
      {node("QLinearAdd"), both({8}), bytes({8}, {194, 0, 76, 142, 0, 120, 255, 92})},
      {node("QLinearMul"), both({8}), bytes({8}, {0, 255, 117, 109, 110, 41, 255, 0})},
      {node("QLinearLeakyRelu").with("alpha", .1F),
       {left, step(.02F), zero(128), step(.01F), zero(60)},
       bytes({8}, {34, 35, 54, 60, 60, 204, 255, 255})},
      {node("QLinearSigmoid"),
       {left, step(.04F), zero(128), step(1 / 256.0F), std::nullopt},
       bytes({8}, {2, 2, 63, 125, 128, 242, 254, 254})},
      {node("QLinearSoftmax").with("axis", std::int64_t{-1}).with("opset", std::int64_t{13}),
       {left, step(.02F), zero(128), step(1 / 256.0F), zero(0)},
       bytes({8}, {1, 1, 5, 8, 8, 34, 99, 101})},
      {node("QLinearConcat").with("axis", std::int64_t{1}),
       {step(.025F), zero(110), bytes({2, 1}, {0, 128}), step(.02F), zero(128),
        bytes({2, 3}, {1, 100, 127, 200, 254, 255}), step(.025F), zero(110)},
       bytes({2, 4}, {8, 1, 100, 127, 110, 200, 254, 255})},
      where_row(),
      gemm_row(),
      pool_row(0, {1, 2, 1, 1}, {0, 222}),
      pool_row(1, {1, 1, 1, 2}, {45, 96}),
  };
}

TEST_CASE("quantised operators of the Microsoft domain") {
  for (const Row& row : rows()) {
    CAPTURE(row.node.node().op_type);
    const auto outputs = row.node.run(row.inputs);
    REQUIRE_MESSAGE(outputs.has_value(), to_string(outputs.error()));
    CHECK(same_bits(outputs->front(), row.expected));
  }
}

TEST_CASE("operands of a quantised operator that do not fit are errors") {
  const OneNode add("QLinearAdd", 1, "com.microsoft");
  Inputs inputs = both({8});
  inputs[5] = tensor_of(DataType::kInt8, {}, std::vector<std::int8_t>{3});
  CHECK(add.run(inputs).error().code == "input-type");
  inputs = both({8});
  inputs[4] = testing::floats({2}, {1, 2});
  CHECK(add.run(inputs).error().code == "not-in-engine");
  inputs = both({8});
  inputs.resize(3);
  CHECK(add.run(inputs).error().code == "missing-input");
}

TEST_CASE("boxes with the threshold's very score are kept") {
  const OneNode node("NonMaxSuppression", 11);
  const Tensor boxes = testing::floats({1, 3, 4}, {0, 0, 1, 1, 0, 5, 1, 6, 0, 9, 1, 8});
  const Tensor scores = testing::floats({1, 1, 3}, {.5F, .25F, .75F});
  const auto taken =
      node.run({boxes, scores, testing::integers({3}), std::nullopt, testing::floats({1}, {.5F})});
  REQUIRE_MESSAGE(taken.has_value(), to_string(taken.error()));
  CHECK(same_bits(taken->front(),
                  tensor_of(DataType::kInt64, {2, 3}, std::vector<std::int64_t>{0, 0, 2, 0, 0, 0})));
  const auto none = node.run({boxes, scores});
  REQUIRE(none.has_value());
  CHECK(none->front().dims() == Dims{0, 3});
}

}  // namespace
}  // namespace padproof::verifier
