// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/frame.h"

#include <algorithm>

namespace padproof::verifier {

using model::Error;
using model::Result;
using model::ValueId;

Deaths deaths_of(const model::Graph& graph) {
  constexpr std::uint32_t kNever = UINT32_MAX;
  std::vector<std::uint32_t> last_use(graph.values.size(), kNever);
  for (const std::uint32_t index : graph.order) {
    const model::Node& node = graph.nodes[index];
    for (const auto* list : {&node.inputs, &node.captures, &node.outputs})
      for (const ValueId value : *list)
        if (value != model::kNoValue) last_use[value] = index;
  }
  for (const model::ValueInfo& output : graph.outputs) last_use[output.value] = kNever;
  Deaths deaths(graph.nodes.size());
  for (ValueId value = 0; value < last_use.size(); ++value)
    if (last_use[value] != kNever && graph.values[value].kind != model::ValueKind::kOuter)
      deaths[last_use[value]].push_back(value);
  return deaths;
}

Result<const Tensor*> Frame::get(ValueId value) {
  const model::Value& described = graph_.values[value];
  if (described.kind == model::ValueKind::kOuter) {
    if (parent_ == nullptr || described.outer == model::kNoValue) return nullptr;
    return parent_->get(described.outer);
  }
  Tensor& tensor = values_[value];
  if (tensor.is_set()) return &tensor;
  if (described.sparse_initializer != nullptr)
    return model::unsupported("sparse-initializer", "sparse initializers are not implemented",
                              model::printable(described.name));
  if (described.initializer == nullptr) return nullptr;
  auto decoded = from_constant(*described.initializer);
  if (!decoded) return Error(decoded.error());
  tensor = std::move(*decoded);
  return &tensor;
}

void Frame::drop(const std::vector<ValueId>& values) {
  for (const ValueId value : values) values_[value] = Tensor();
}

}  // namespace padproof::verifier
