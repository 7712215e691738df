// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/paired_inputs.h"

namespace padproof::verifier {
namespace {

std::size_t input_named(const model::Graph& graph, std::string_view name) {
  const auto found = graph.value_by_name.find(name);
  if (found == graph.value_by_name.end()) return kUnpairedInput;
  const model::Value& value = graph.values[found->second];
  return value.kind == model::ValueKind::kInput ? value.producer : kUnpairedInput;
}

bool has_default(const model::Graph& graph, const model::ValueInfo& input) {
  return graph.values[input.value].initializer != nullptr;
}

}  // namespace

std::vector<std::size_t> paired_inputs(const model::Graph& source, const model::Graph& target) {
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < source.inputs.size(); ++i)
    if (!has_default(source, source.inputs[i]) &&
        input_named(target, source.inputs[i].name) == kUnpairedInput)
      left.push_back(i);
  auto next = left.begin();
  std::vector<std::size_t> pairs;
  for (const model::ValueInfo& input : target.inputs) {
    std::size_t pair = input_named(source, input.name);
    if (pair == kUnpairedInput && !has_default(target, input) && next != left.end()) pair = *next++;
    pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace padproof::verifier
