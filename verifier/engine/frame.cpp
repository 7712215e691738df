// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/frame.h"

#include <algorithm>

namespace padproof::verifier {

using model::Error;
using model::Result;
using model::ValueId;

Schedule schedule_of(const model::Graph& graph) {
  constexpr std::uint32_t kNever = Schedule::kNone;
  Schedule schedule;
  schedule.only_reader.assign(graph.values.size(), Schedule::kNone);
  std::vector<std::uint32_t> readers(graph.values.size(), 0);
  std::vector<std::uint32_t> last_use(graph.values.size(), kNever);
  for (const std::uint32_t index : graph.order) {
    const model::Node& node = graph.nodes[index];
    for (const auto* list : {&node.inputs, &node.captures, &node.outputs})
      for (const ValueId value : *list)
        if (value != model::kNoValue) last_use[value] = index;
    for (const ValueId value : node.inputs)
      if (value != model::kNoValue) schedule.only_reader[value] = readers[value]++ == 0 ? index : kNever;
    for (const ValueId value : node.captures) {
      if (value == model::kNoValue) continue;
      ++readers[value];
      schedule.only_reader[value] = kNever;
    }
  }
  for (const model::ValueInfo& output : graph.outputs) {
    last_use[output.value] = kNever;
    schedule.only_reader[output.value] = kNever;
  }
  schedule.deaths.resize(graph.nodes.size());
  for (ValueId value = 0; value < last_use.size(); ++value)
    if (last_use[value] != kNever && graph.values[value].kind != model::ValueKind::kOuter)
      schedule.deaths[last_use[value]].push_back(value);
  return schedule;
}

std::int64_t Frame::opset_of(const model::Node& node) const {
  const auto found = surroundings_.opset_imports->find(node.domain);
  return found == surroundings_.opset_imports->end() ? 0 : found->second;
}

const model::TensorRef* Frame::initializer(ValueId value) const {
  const auto found = read_instead_.find(value);
  return found == read_instead_.end() ? graph_.values[value].initializer : found->second;
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
  auto decoded = from_constant(*initializer(value));
  if (!decoded) return Error(decoded.error());
  tensor = std::move(*decoded);
  return &tensor;
}

Result<const Tensor*> Frame::get_in_place(ValueId value) {
  const model::Value& described = graph_.values[value];
  if (described.kind == model::ValueKind::kOuter || values_[value].is_set() ||
      described.initializer == nullptr || described.sparse_initializer != nullptr ||
      described.initializer->dtype != model::DataType::kFloat)
    return get(value);
  const auto known = in_place_.find(value);
  if (known != in_place_.end()) return &known->second;
  auto tensor = from_constant_in_place(*initializer(value));
  if (!tensor) return Error(tensor.error());
  return &in_place_.emplace(value, std::move(*tensor)).first->second;
}

void Frame::drop(const std::vector<ValueId>& values) {
  for (const ValueId value : values) {
    values_[value] = Tensor();
    in_place_.erase(value);
  }
}

}  // namespace padproof::verifier
