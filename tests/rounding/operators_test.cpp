// SPDX-License-Identifier: Apache-2.0
// Every operator with a rounding rule, alone and behind another one: what the engine computes is within, one
// element off by a thousandth is beyond.
#include <doctest/doctest.h>

#include <set>

#include "tests/rounding/peer.h"
#include "tests/support/models.h"
#include "verifier/rounding/rule.h"

namespace padproof::test {
namespace {

using verifier::Agreement;
using verifier::Comparison;
using verifier::Dims;
using verifier::NamedTensors;
using verifier::Tensor;

struct Operand {
  std::string name;
  Dims dims;
};

struct OperatorCase {
  std::string op_type;
  std::string node;                    // X is the data
  std::vector<Operand> operands = {};  // random floats, x first
  std::string constants = {};
  bool positive = false;
  std::string output = "float[] y";
  int opset = 17;
};

const Operand kImage{"x", {2, 3, 6, 5}};
const std::string kUpsampled = "float[4] scales = {1, 1, 2, 4}";
const std::string kResized = "float[0] roi = {}, float[4] scales = {1, 1, 1.4, 2}";

const OperatorCase kCases[] = {
    {"Abs", "y = Abs(X)", {kImage}},
    {"Add", "y = Add(X, z)", {kImage, {"z", {3, 1, 1}}}},
    {"AveragePool", "y = AveragePool<kernel_shape=[3,2], pads=[1,0,1,0], strides=[2,1]>(X)", {kImage}},
    {"BatchNormalization",
     "y = BatchNormalization(X, s, b, m, v)",
     {kImage, {"s", {3}}, {"b", {3}}, {"m", {3}}, {"v", {3}}},
     "",
     true},
    {"Clip", "y = Clip(X, low, high)", {kImage}, "float low = {-0.5}, float high = {0.75}"},
    {"Concat", "y = Concat<axis=1>(X, z)", {kImage, {"z", {2, 1, 6, 5}}}},
    {"Conv", "y = Conv<pads=[1,1,1,1], strides=[2,2]>(X, w, b)", {kImage, {"w", {4, 3, 3, 3}}, {"b", {4}}}},
    {"Conv", "y = Conv<group=3, dilations=[2,1]>(X, w)", {kImage, {"w", {6, 1, 2, 3}}}},
    {"ConvTranspose", "y = ConvTranspose<strides=[2,2]>(X, w, b)", {kImage, {"w", {3, 2, 3, 3}}, {"b", {2}}}},
    {"DepthToSpace", "y = DepthToSpace<blocksize=2>(X)", {{"x", {1, 8, 2, 3}}}},
    {"Div", "y = Div(X, z)", {kImage, {"z", {5}}}, "", true},
    {"Dropout", "y = Dropout(X)", {kImage}},
    {"Elu", "y = Elu<alpha=1.5>(X)", {kImage}},
    {"Erf", "y = Erf(X)", {kImage}},
    {"Exp", "y = Exp(X)", {kImage}},
    {"Expand", "y = Expand(X, to)", {{"x", {3, 1}}}, "int64[2] to = {3, 4}"},
    {"Flatten", "y = Flatten(X)", {kImage}},
    {"Gather", "y = Gather<axis=1>(X, at)", {kImage}, "int64[2] at = {2, 0}"},
    {"Gelu", "y = Gelu(X)", {kImage}, "", false, "float[] y", 20},
    {"Gemm", "y = Gemm<alpha=0.5, beta=2.0, transB=1>(X, w, b)", {{"x", {4, 9}}, {"w", {5, 9}}, {"b", {5}}}},
    {"GlobalAveragePool", "y = GlobalAveragePool(X)", {kImage}},
    {"GlobalLpPool", "y = GlobalLpPool(X)", {kImage}},
    {"GlobalMaxPool", "y = GlobalMaxPool(X)", {kImage}},
    {"GroupNormalization",
     "y = GroupNormalization<num_groups=2>(X, s, b)",
     {{"x", {2, 4, 6, 5}}, {"s", {4}}, {"b", {4}}},
     "",
     false,
     "float[] y",
     21},
    {"HardSigmoid", "y = HardSigmoid(X)", {kImage}},
    {"HardSwish", "y = HardSwish(X)", {kImage}},
    {"Identity", "y = Identity(X)", {kImage}},
    {"InstanceNormalization", "y = InstanceNormalization(X, s, b)", {kImage, {"s", {3}}, {"b", {3}}}},
    {"LRN", "y = LRN<size=3, alpha=0.5>(X)", {kImage}},
    {"LayerNormalization", "y = LayerNormalization<axis=2>(X, s, b)", {kImage, {"s", {6, 5}}, {"b", {6, 5}}}},
    {"LayerNormalization", "y = LayerNormalization(X, s)", {{"x", {2, 7, 9}}, {"s", {9}}}},
    {"LeakyRelu", "y = LeakyRelu<alpha=0.3>(X)", {kImage}},
    {"Log", "y = Log(X)", {kImage}, "", true},
    {"LogSoftmax", "y = LogSoftmax<axis=1>(X)", {kImage}},
    {"LpPool", "y = LpPool<kernel_shape=[2,2]>(X)", {kImage}},
    {"MatMul", "y = MatMul(X, w)", {{"x", {2, 4, 9}}, {"w", {9, 5}}}},
    {"Max", "y = Max(X, z)", {kImage, {"z", {5}}}},
    {"MaxPool", "y = MaxPool<kernel_shape=[3,3], strides=[2,2], pads=[0,0,1,1]>(X)", {kImage}},
    {"Mean", "y = Mean(X, z, z)", {kImage, {"z", {5}}}},
    {"Min", "y = Min(X, z)", {kImage, {"z", {5}}}},
    {"Mul", "y = Mul(X, z)", {kImage, {"z", {3, 1, 1}}}},
    {"Neg", "y = Neg(X)", {kImage}},
    {"PRelu", "y = PRelu(X, z)", {kImage, {"z", {3, 1, 1}}}},
    {"Pad", "y = Pad(X, by, fill)", {kImage, {"fill", {}}}, "int64[8] by = {0, 0, 1, 2, 0, 0, 3, 0}"},
    {"Pow", "y = Pow(X, by)", {kImage}, "float by = {3}"},
    {"Pow", "y = Pow(X, by)", {kImage}, "float by = {-0.75}", true},
    {"Reciprocal", "y = Reciprocal(X)", {kImage}, "", true},
    {"ReduceL1", "y = ReduceL1<axes=[2,3]>(X)", {kImage}},
    {"ReduceL2", "y = ReduceL2<axes=[1]>(X)", {kImage}},
    {"ReduceMax", "y = ReduceMax<axes=[1]>(X)", {kImage}},
    {"ReduceMean", "y = ReduceMean<axes=[2,3]>(X)", {kImage}},
    {"ReduceMin", "y = ReduceMin<axes=[1]>(X)", {kImage}},
    {"ReduceSum", "y = ReduceSum(X, axes)", {kImage}, "int64[2] axes = {2, 3}"},
    {"ReduceSumSquare", "y = ReduceSumSquare<axes=[1]>(X)", {kImage}},
    {"Relu", "y = Relu(X)", {kImage}},
    {"Reshape", "y = Reshape(X, to)", {kImage}, "int64[2] to = {6, -1}"},
    {"Resize", "y = Resize<mode=\"linear\">(X, roi, scales)", {kImage}, kResized},
    {"Resize", "y = Resize<mode=\"cubic\">(X, roi, scales)", {kImage}, kResized},
    {"Resize", "y = Resize(X, roi, scales)", {kImage}, kResized},
    {"Sigmoid", "y = Sigmoid(X)", {kImage}},
    {"Slice", "y = Slice(X, from, to)", {kImage}, "int64[2] from = {0, 1}, int64[2] to = {2, 3}"},
    {"Softmax", "y = Softmax<axis=1>(X)", {kImage}},
    {"Softmax", "y = Softmax(X)", {kImage}, "", false, "float[] y", 11},
    {"Softplus", "y = Softplus(X)", {kImage}},
    {"SpaceToDepth", "y = SpaceToDepth<blocksize=2>(X)", {{"x", {1, 2, 4, 6}}}},
    {"Split", "a, y = Split<axis=1>(X, parts)", {kImage}, "int64[2] parts = {1, 2}"},
    {"Sqrt", "y = Sqrt(X)", {kImage}, "", true},
    {"Squeeze", "y = Squeeze(X)", {{"x", {1, 5, 1}}}},
    {"Sub", "y = Sub(X, z)", {kImage, {"z", {5}}}},
    {"Sum", "y = Sum(X, z, X)", {kImage, {"z", {5}}}},
    {"Swish", "y = Swish<alpha=0.75>(X)", {kImage}, "", false, "float[] y", 24},
    {"Tanh", "y = Tanh(X)", {kImage}},
    {"Tile", "y = Tile(X, times)", {{"x", {2, 3}}}, "int64[2] times = {2, 3}"},
    {"Transpose", "y = Transpose<perm=[0,2,3,1]>(X)", {kImage}},
    {"Unsqueeze", "y = Unsqueeze(X, axes)", {{"x", {2, 3}}}, "int64[1] axes = {1}"},
    {"Upsample", "y = Upsample<mode=\"linear\">(X, scales)", {kImage}, kUpsampled, false, "float[] y", 9},
    {"Upsample", "y = Upsample(X, scales)", {kImage}, kUpsampled, false, "float[] y", 9},
    {"Where", "y = Where(if, X, z)", {kImage, {"z", {5}}}, "bool[5] if = {1, 0, 0, 1, 0}"},
};
/// Of other than float data; tested by themselves.
const std::set<std::string> kOthers = {"DequantizeLinear", "QuantizeLinear", "Shape", "Size"};

struct Instance {
  model::Model model;
  NamedTensors inputs;
  Tensor output;
};

Instance instance_of(const OperatorCase& row, bool behind_another, float size, unsigned seed) {
  std::mt19937 random(seed);
  TextModel text{"", row.node, row.constants, row.output, row.opset};
  NamedTensors inputs;
  for (const Operand& operand : row.operands) {
    std::string dims;
    for (const auto extent : operand.dims) dims += (dims.empty() ? "" : ",") + std::to_string(extent);
    text.inputs += (text.inputs.empty() ? "float[" : ", float[") + dims + "] " + operand.name;
    inputs.emplace(operand.name, random_floats(random, operand.dims, size, row.positive));
  }
  for (std::size_t at = text.nodes.find('X'); at != std::string::npos; at = text.nodes.find('X'))
    text.nodes.replace(at, 1, behind_another ? "t" : "x");
  if (behind_another) {
    text.nodes = "t = Mul(x, scale) " + text.nodes;
    text.constants += (text.constants.empty() ? "" : ", ") + std::string("float scale = {1.1}");
  }
  Instance instance{text.read(), std::move(inputs), {}};
  instance.output = value_or_throw(verifier::execute(instance.model, instance.inputs, {})).at("y");
  return instance;
}

void check(const OperatorCase& row, bool behind_another, float size, unsigned seed) {
  const Instance instance = instance_of(row, behind_another, size, seed);
  const Comparison same = compare_values(instance.model, instance.inputs, {{"y", instance.output}});
  CHECK_MESSAGE(same.agreement == Agreement::kWithin, verifier::summary(same), " ", same.reason);
  CHECK((behind_another ? same.statistical : same.worst_case) == 1);
  const Comparison other =
      compare_values(instance.model, instance.inputs, {{"y", with_largest_scaled(instance.output, 1.001F)}});
  CHECK(other.agreement == Agreement::kBeyond);
  if (other.first) CHECK(other.first->is_alone != behind_another);
}

TEST_CASE("every operator with a rule is within alone, and beyond if it is off") {
  std::set<std::string> tested = kOthers;
  for (const OperatorCase& row : kCases) {
    CAPTURE(row.node);
    tested.insert(row.op_type);
    for (unsigned seed = 0; seed < 20; ++seed) {
      for (const float size : {0.0625F, 1.0F, 8.0F}) check(row, false, size, seed);
    }
  }
  const auto names = verifier::operators_bounded_alone();
  CHECK(tested == std::set<std::string>(names.begin(), names.end()));
}

TEST_CASE(
    "every operator that errors are followed through is within behind another, and beyond if it is off") {
  const auto names = verifier::operators_bounded_through();
  std::set<std::string> tested = {"Shape", "Size"};
  for (const OperatorCase& row : kCases) {
    if (verifier::find_rounding_row(row.op_type)->propagate == nullptr) continue;
    CAPTURE(row.node);
    tested.insert(row.op_type);
    for (unsigned seed = 0; seed < 5; ++seed) check(row, true, 1.0F, seed);
  }
  CHECK(tested == std::set<std::string>(names.begin(), names.end()));
}

}  // namespace
}  // namespace padproof::test
