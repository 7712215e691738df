// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/sign.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "verifier/proof/uniform_value.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Node;

// Values to look at on the way up: between a pool and what bounds its data are few.
constexpr std::size_t kMostOnTheWay = 1000;

/// Which operands must not be negative for the result not to be.
enum class Bounded { kNone, kFirst, kAll };

struct SignRow {
  std::string_view op_type;
  Bounded bounded;
  bool floats_only = false;  // integers wrap around
};

constexpr std::array kSigns = {
    SignRow{"Relu", Bounded::kNone},
    SignRow{"Sigmoid", Bounded::kNone},
    SignRow{"HardSigmoid", Bounded::kNone},
    SignRow{"Softmax", Bounded::kNone},
    SignRow{"Softplus", Bounded::kNone},
    SignRow{"Exp", Bounded::kNone},
    SignRow{"Sqrt", Bounded::kNone},
    SignRow{"Abs", Bounded::kNone, true},
    SignRow{"LpPool", Bounded::kNone},
    SignRow{"GlobalLpPool", Bounded::kNone},
    SignRow{"ReduceL2", Bounded::kNone, true},
    SignRow{"ReduceSumSquare", Bounded::kNone, true},
    SignRow{"MaxPool", Bounded::kFirst},
    SignRow{"AveragePool", Bounded::kFirst},
    SignRow{"GlobalAveragePool", Bounded::kFirst},
    SignRow{"GlobalMaxPool", Bounded::kFirst},
    SignRow{"ReduceMean", Bounded::kFirst, true},
    SignRow{"ReduceMax", Bounded::kFirst},
    SignRow{"ReduceSum", Bounded::kFirst, true},
    SignRow{"Dropout", Bounded::kFirst},
    SignRow{"Cast", Bounded::kFirst, true},
    SignRow{"Transpose", Bounded::kFirst},
    SignRow{"Reshape", Bounded::kFirst},
    SignRow{"Flatten", Bounded::kFirst},
    SignRow{"Squeeze", Bounded::kFirst},
    SignRow{"Unsqueeze", Bounded::kFirst},
    SignRow{"Slice", Bounded::kFirst},
    SignRow{"Split", Bounded::kFirst},
    SignRow{"Gather", Bounded::kFirst},
    SignRow{"Expand", Bounded::kFirst},
    SignRow{"Tile", Bounded::kFirst},
    SignRow{"DepthToSpace", Bounded::kFirst},
    SignRow{"SpaceToDepth", Bounded::kFirst},
    SignRow{"Ceil", Bounded::kFirst},
    SignRow{"Floor", Bounded::kFirst},
    SignRow{"Round", Bounded::kFirst},
    SignRow{"Pow", Bounded::kFirst, true},
    SignRow{"Add", Bounded::kAll, true},
    SignRow{"Mul", Bounded::kAll, true},
    SignRow{"Sum", Bounded::kAll, true},
    SignRow{"Mean", Bounded::kAll, true},
    SignRow{"Min", Bounded::kAll},
    SignRow{"Max", Bounded::kAll},
    SignRow{"Concat", Bounded::kAll},
};

bool is_unsigned(DataType dtype) {
  switch (dtype) {
    case DataType::kUint8:
    case DataType::kUint16:
    case DataType::kUint32:
    case DataType::kUint64:
    case DataType::kBool:
      return true;
    default:
      return false;
  }
}

bool is_float(DataType dtype) {
  return dtype == DataType::kFloat || dtype == DataType::kDouble || dtype == DataType::kFloat16 ||
         dtype == DataType::kBfloat16;
}

bool is_zero_or_more(const Place& place) {
  const auto number = uniform_value(place);
  return number && *number >= 0;
}

bool is_clipped_at_zero(const Place& at, const Node& node) {
  if (at.instance->opset_of(node) < 11)
    return model::Attributes(node, at.instance->attribute_scope()).float_or("min", -1.0F) >= 0.0F;
  return is_zero_or_more(input_place(*at.instance, node, 1, ignore_passed));
}

/// Unsigned numbers from which 0 is taken: what quantised models have behind a Relu.
bool is_dequantized_from_zero(const Place& at, const Node& node) {
  const auto input = [&](std::size_t index) { return input_place(*at.instance, node, index, ignore_passed); };
  if (input(0).is_absent() || !is_unsigned(input(0).facts().dtype) || !is_zero_or_more(input(1)))
    return false;
  return input(2).is_absent() || uniform_value(input(2)) == 0.0;
}

/// Operands that a result needs not to be negative; nothing where that would not help.
std::optional<std::vector<Place>> needed(const Place& at, const Node& node) {
  const auto input = [&](std::size_t index) { return input_place(*at.instance, node, index, ignore_passed); };
  if (node.op_type == "Clip" && is_clipped_at_zero(at, node)) return std::vector<Place>{};
  if (node.op_type == "DequantizeLinear" && is_dequantized_from_zero(at, node)) return std::vector<Place>{};
  const bool is_maximum = node.op_type == "Max";
  const auto* const row = std::find_if(kSigns.begin(), kSigns.end(),
                                       [&](const SignRow& each) { return each.op_type == node.op_type; });
  if (row == kSigns.end() || (row->floats_only && !is_float(at.facts().dtype))) return std::nullopt;
  std::vector<Place> operands;
  const std::size_t count = row->bounded == Bounded::kNone    ? 0
                            : row->bounded == Bounded::kFirst ? 1
                                                              : node.inputs.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (is_maximum && is_zero_or_more(input(i))) return std::vector<Place>{};
    operands.push_back(input(i));
  }
  return operands;
}

}  // namespace

bool is_never_negative(const Place& place) {
  std::vector<Place> open{place};
  for (std::size_t looked_at = 0; !open.empty(); ++looked_at) {
    const Place at = open.back();
    open.pop_back();
    if (at.is_absent() || looked_at == kMostOnTheWay) return false;
    if (is_unsigned(at.facts().dtype) || is_zero_or_more(at)) continue;
    const Node* const node = at.producer();
    if (node == nullptr || !node->domain.empty()) return false;
    const auto operands = needed(at, *node);
    if (!operands) return false;
    open.insert(open.end(), operands->begin(), operands->end());
  }
  return true;
}

}  // namespace padproof::verifier
