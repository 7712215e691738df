// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/slow_nodes.h"

namespace padproof::verifier::testing {
namespace {

using model::DataType;

const Dims kImages{1, 64, 1 << 12, 1 << 12};  // 2^30 elements
const Dims kLong{1 << 30};

Slow folding(std::string_view op) {
  Slow slow{OneNode(op, 20), std::vector<std::optional<Tensor>>(12, zeros({1}))};
  slow.inputs.front() = zeros({1 << 28});
  return slow;
}

}  // namespace

const std::vector<SlowRow>& slow_moves() {
  static const std::vector<SlowRow> kRows = {
      {"Pad",
       [] {
         return of_two("Pad", bytes({1, 1}), integers({0, 0, 1 << 15, 1 << 16}));
       }},
      {"Tile",
       [] {
         return of_two("Tile", bytes({1, 3}), integers({1 << 15, 1 << 15}));
       }},
      {"Expand",
       [] {
         return of_two("Expand", bytes({1, 1}), integers({1 << 30, 2}));
       }},
      {"Transpose",
       [] {
         return of_one("Transpose", bytes({1 << 15, 1 << 16}));
       }},
      {"DepthToSpace",
       [] {
         OneNode node("DepthToSpace", 20);
         return Slow{node.with("blocksize", std::int64_t{2}), {bytes({1, 64, 1 << 12, 1 << 13})}};
       }},
      {"ConstantOfShape",
       [] {
         return of_one("ConstantOfShape", integers({1 << 15, 1 << 15}));
       }},
      {"Range",
       [] {
         return Slow{OneNode("Range", 20), {integers({0}), integers({1 << 29}), integers({1})}};
       }},
      {"Trilu",
       [] {
         return of_one("Trilu", bytes({1 << 15, 1 << 16}));
       }},
      {"Where",
       [] {
         return Slow{OneNode("Where", 20),
                     {zeros({1 << 15, 1 << 15}, DataType::kBool), zeros({1, 1}), zeros({1})}};
       }},
      {"Cast",
       [] {
         OneNode node("Cast", 20);
         return Slow{node.with("to", std::int64_t{10}), {zeros(kLong)}};
       }},
  };
  return kRows;
}

const std::vector<SlowRow>& slow_numbers() {
  static const std::vector<SlowRow> kRows = {
      {"Sum of many", [] { return folding("Sum"); }},
      {"Mean of many", [] { return folding("Mean"); }},
      {"Max of many", [] { return folding("Max"); }},
      {"Add",
       [] {
         return of_two("Add", zeros({1 << 15, 1}), zeros({1, 1 << 15}));
       }},
      {"Pow", [] { return of_two("Pow", zeros(kLong), zeros(kLong)); }},
      {"Mod",
       [] {
         return of_two("Mod", zeros({1 << 28, 1}, DataType::kInt64),
                       tensor_of<std::int64_t>(DataType::kInt64, {1, 3}, {5, 6, 7}));
       }},
      {"Erf", [] { return of_one("Erf", zeros(kLong)); }},
      {"Exp of halves", [] { return of_one("Exp", zeros(kLong, DataType::kFloat16)); }},
      {"IsNaN", [] { return of_one("IsNaN", zeros(kLong, DataType::kDouble)); }},
      {"Clip of doubles", [] { return of_one("Clip", zeros(kLong, DataType::kDouble)); }},
      {"PRelu",
       [] {
         return of_two("PRelu", zeros(kImages), zeros({64, 1, 1}));
       }},
      {"Softmax", [] { return of_one("Softmax", zeros(kLong)); }},
      {"LogSoftmax", [] { return of_one("LogSoftmax", zeros(kImages)); }},
      {"ReduceLogSumExp", [] { return of_one("ReduceLogSumExp", zeros(kLong)); }},
      {"ReduceL2", [] { return of_one("ReduceL2", zeros(kLong)); }},
      {"ReduceLogSum over nothing",
       [] {
         OneNode node("ReduceLogSum", 20);
         return Slow{node.with("noop_with_empty_axes", std::int64_t{1}), {zeros(kLong)}};
       }},
      {"LRN",
       [] {
         OneNode node("LRN", 20);
         return Slow{node.with("size", std::int64_t{400'001}), {zeros({1, 200'000, 2, 2})}};
       }},
      {"InstanceNormalization",
       [] {
         return Slow{OneNode("InstanceNormalization", 20), {zeros(kImages), zeros({64}), zeros({64})}};
       }},
      {"LayerNormalization", [] { return of_two("LayerNormalization", zeros(kLong), zeros({1})); }},
      {"LpNormalization", [] { return of_one("LpNormalization", zeros(kLong)); }},
      {"BatchNormalization that trains",
       [] {
         OneNode node("BatchNormalization", 15);
         return Slow{node.with("training_mode", std::int64_t{1}),
                     {zeros(kImages), zeros({64}), zeros({64}), zeros({64}), zeros({64})}};
       }},
      {"QuantizeLinear", [] { return of_two("QuantizeLinear", zeros(kLong), one()); }},
      {"DequantizeLinear", [] { return of_two("DequantizeLinear", bytes(kLong), one()); }},
      {"DynamicQuantizeLinear",
       [] {
         return Slow{OneNode("DynamicQuantizeLinear", 20), {zeros(kLong)}, 3};
       }},
  };
  return kRows;
}

const std::vector<SlowRow>& slow_linear() {
  static const std::vector<SlowRow> kRows = {
      {"QLinearSigmoid",
       [] {
         return Slow{microsoft("QLinearSigmoid"), {bytes(kLong), one(), point(), one(), point()}};
       }},
      {"QLinearSoftmax",
       [] {
         OneNode node = microsoft("QLinearSoftmax");
         return Slow{node.with("opset", std::int64_t{13}), {bytes(kLong), one(), point(), one(), point()}};
       }},
      {"QLinearConcat",
       [] {
         return Slow{microsoft("QLinearConcat").with("axis", std::int64_t{0}),
                     {floats({}, {2}), point(), bytes({1 << 30}), one(), point()}};
       }},
      {"QLinearGlobalAveragePool",
       [] {
         return Slow{microsoft("QLinearGlobalAveragePool"),
                     {bytes({1, 1, 1 << 16, 1 << 16}), one(), point(), one(), point()}};
       }},
  };
  return kRows;
}

}  // namespace padproof::verifier::testing
