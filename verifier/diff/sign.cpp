// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/sign.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "model/tensor_values.h"

namespace padproof::verifier {
namespace {

using model::Node;

// Results that are never below zero.
constexpr std::array<std::string_view, 6> kNeverNegative = {"Relu",     "Sigmoid", "Softmax",
                                                            "Softplus", "Abs",     "HardSigmoid"};
// Results that are not if the first operand is not.
constexpr std::array<std::string_view, 9> kKeepsSign = {"MaxPool",       "AveragePool", "GlobalAveragePool",
                                                        "GlobalMaxPool", "Transpose",   "Reshape",
                                                        "Flatten",       "Squeeze",     "Unsqueeze"};
constexpr int kMostSteps = 100;

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_clipped_at_zero(const Place& at, const Node& node) {
  if (at.instance->opset_of(node) < 11)
    return model::Attributes(node, at.instance->attribute_scope()).float_or("min", -1.0F) >= 0.0F;
  const Place least = input_place(*at.instance, node, 1, ignore_passed);
  if (least.is_absent()) return false;
  const model::TensorRef* const constant = least.instance->constant(least.value);
  if (constant == nullptr || constant->dtype != model::DataType::kFloat) return false;
  const auto packed = model::read_packed(*constant);
  float value = -1;
  if (packed && packed->size() == sizeof value) std::memcpy(&value, packed->data(), sizeof value);
  return value >= 0.0F;
}

}  // namespace

bool is_never_negative(const Place& place) {
  Place at = place;
  for (int i = 0; i < kMostSteps; ++i) {
    const Node* const node = at.producer();
    if (node == nullptr || !node->domain.empty()) return false;
    if (is_one_of(kNeverNegative, node->op_type)) return true;
    if (node->op_type == "Clip") return is_clipped_at_zero(at, *node);
    if (!is_one_of(kKeepsSign, node->op_type)) return false;
    at = input_place(*at.instance, *node, 0, ignore_passed);
  }
  return false;
}

}  // namespace padproof::verifier
