// SPDX-License-Identifier: Apache-2.0
#include "verifier/counterparts.h"

#include <algorithm>

#include "model/tensor_values.h"
#include "verifier/proof/attribute_equality.h"
#include "verifier/window.h"

namespace padproof::verifier {

using model::kNoValue;
using model::Node;
using model::ValueId;
using model::ValueKind;

Counterparts::Counterparts(const model::Model& source, const model::Model& target,
                           ConstantComparison& constants)
    : source_(source), target_(target), constants_(constants), same_(target.graph->values.size(), kNoValue) {
  for (const Node& node : source.graph->nodes)
    for (const ValueId input : node.inputs)
      if (input != kNoValue) readers_.emplace(input, &node);
  // Both are given the same tensors by name; a default that is not overridden is compared as a constant.
  for (const model::ValueInfo& input : target.graph->inputs) {
    const auto found = source.graph->value_by_name.find(input.name);
    if (found == source.graph->value_by_name.end()) continue;
    const model::Value& other = source.graph->values[found->second];
    if (other.kind == ValueKind::kInput && other.initializer == nullptr &&
        target.graph->values[input.value].initializer == nullptr)
      same_[input.value] = found->second;
  }
}

const Node* Counterparts::node_of(const Node& target) const {
  if (target.outputs.empty() || target.outputs[0] == kNoValue) return nullptr;
  const ValueId value = value_of(target.outputs[0]);
  if (value != kNoValue) return &source_.graph->nodes[source_.graph->values[value].producer];
  for (const ValueId input : target.inputs) {
    if (input == kNoValue || same_[input] == kNoValue) continue;
    const auto [first, last] = readers_.equal_range(same_[input]);
    const auto found = std::find_if(
        first, last, [&](const auto& reader) { return is_same_operator(*reader.second, target); });
    return found == last ? nullptr : found->second;
  }
  return nullptr;
}

ValueId Counterparts::value_of(ValueId target) const {
  const auto found = source_.graph->value_by_name.find(target_.graph->values[target].name);
  if (found == source_.graph->value_by_name.end()) return kNoValue;
  return source_.graph->values[found->second].kind == ValueKind::kNodeOutput ? found->second : kNoValue;
}

std::int64_t Counterparts::opset(const model::Model& model, const Node& node) const {
  const auto found = model.opset_imports.find(node.domain);
  return found == model.opset_imports.end() ? 0 : found->second;
}

bool Counterparts::is_same_operator(const Node& source, const Node& target,
                                    std::span<const std::string_view> except) const {
  const auto has_graph = [](const Node& node) {
    return std::any_of(node.attributes.begin(), node.attributes.end(),
                       [](const model::Attribute& attribute) { return !attribute.graphs.empty(); });
  };
  return source.op_type == target.op_type && source.domain == target.domain &&
         source.overload == target.overload && source.inputs.size() == target.inputs.size() &&
         source.outputs.size() == target.outputs.size() && opset(source_, source) == opset(target_, target) &&
         model::find_function(source_, source) == nullptr &&
         model::find_function(target_, target) == nullptr && !has_graph(source) && !has_graph(target) &&
         attribute_difference({source, nullptr}, {target, nullptr}, except, [](const auto&, const auto&) {
         }).empty();
}

// The engine's kernels know of these attributes what Window says, so that to run both were to run one twice.
bool Counterparts::is_same_window(const Node& source, const Node& target, const DimsOf& dims_of) const {
  const auto meaning = window_operator(target.domain, target.op_type);
  if (!meaning || !is_same_operator(source, target, kWindowAttributes)) return false;
  const auto dims = [&](std::size_t input) -> const Dims* {
    return input < target.inputs.size() && target.inputs[input] != kNoValue ? dims_of(target.inputs[input])
                                                                            : nullptr;
  };
  const Dims* const data = dims(meaning->data_input);
  const Dims* const weights = meaning->weight_input ? dims(*meaning->weight_input) : nullptr;
  if (data == nullptr || (meaning->weight_input && weights == nullptr)) return false;
  const auto resolve = [&](const model::Model& model, const Node& node) {
    return resolve_window(node, model::Attributes(node, nullptr), opset(model, node), *data, weights);
  };
  const auto left = resolve(source_, source);
  const auto right = resolve(target_, target);
  return left && right && *left == *right;
}

bool Counterparts::is_same_operand(ValueId source, ValueId target) {
  if (source == kNoValue || target == kNoValue) return source == target;
  if (same_[target] == source) return true;
  if (!are_same_constants(source, target)) return false;
  same_[target] = source;
  return true;
}

bool Counterparts::are_same_constants(ValueId source, ValueId target) {
  const model::Value& left = source_.graph->values[source];
  const model::Value& right = target_.graph->values[target];
  if (left.kind != ValueKind::kInitializer || right.kind != ValueKind::kInitializer ||
      left.initializer == nullptr || right.initializer == nullptr)
    return false;
  const auto equal = constants_.are_same(*left.initializer, *right.initializer);
  return equal && *equal;
}

bool Counterparts::are_same(const Node& source, const Node& target, const DimsOf& dims_of) {
  if (!is_same_operator(source, target) && !is_same_window(source, target, dims_of)) return false;
  for (std::size_t i = 0; i < source.outputs.size(); ++i)
    if ((source.outputs[i] == kNoValue) != (target.outputs[i] == kNoValue)) return false;
  for (std::size_t i = 0; i < source.inputs.size(); ++i)
    if (!is_same_operand(source.inputs[i], target.inputs[i])) return false;
  return true;
}

}  // namespace padproof::verifier
