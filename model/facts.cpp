// SPDX-License-Identifier: Apache-2.0
#include "model/facts.h"

namespace padproof::model {

std::int64_t GraphInstance::opset_of(const Node& node) const {
  const auto found = opset_imports->find(node.domain);
  return found == opset_imports->end() ? 0 : found->second;
}

const GraphInstance* GraphInstance::child(const Node& node, std::string_view attribute) const {
  if (children.empty()) return nullptr;
  const auto found = child_index.find({&node, attribute});
  return found == child_index.end() ? nullptr : children[found->second].instance.get();
}

GraphInstance& GraphInstance::set_child(const Node& node, std::string_view attribute,
                                        std::unique_ptr<GraphInstance> instance) {
  const auto [at, added] = child_index.emplace(std::pair(&node, attribute), children.size());
  if (added) {
    children.push_back({&node, attribute, std::move(instance)});
  } else {
    children[at->second].instance = std::move(instance);
  }
  return *children[at->second].instance;
}

const ValueFacts& GraphInstance::facts(ValueId value) const {
  const Value& info = graph->values[value];
  if (info.kind == ValueKind::kOuter && parent != nullptr && function == nullptr)
    return parent->facts(info.outer);
  return values[value];
}

const TensorRef* GraphInstance::constant(ValueId value) const {
  if (value == kNoValue) return nullptr;
  const Value& info = graph->values[value];
  switch (info.kind) {
    case ValueKind::kInitializer:
      return info.initializer;
    case ValueKind::kOuter:
      return parent == nullptr ? nullptr : parent->constant(info.outer);
    case ValueKind::kInput:
      if (function == nullptr || info.producer >= holder->inputs.size()) return nullptr;
      return parent->constant(holder->inputs[info.producer]);
    case ValueKind::kNodeOutput: {
      const Node& node = graph->nodes[info.producer];
      if (node.op_type != "Constant" || !node.domain.empty()) return nullptr;
      return Attributes(node, attribute_scope()).tensor("value");
    }
  }
  return nullptr;
}

}  // namespace padproof::model
