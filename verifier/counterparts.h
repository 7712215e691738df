// SPDX-License-Identifier: Apache-2.0
// Which nodes and values of two main graphs stand for each other, by name first and by structure where names
// differ. Only a hint: what is taken to be the same is the same operator on the same operands.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/graph.h"
#include "verifier/constant_comparison.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

class Counterparts {
 public:
  Counterparts(const model::Model& source, const model::Model& target, ConstantComparison& constants);

  /// The source's node, or null.
  [[nodiscard]] const model::Node* node_of(const model::Node& target) const;
  /// The source's node output of the same name, or kNoValue.
  [[nodiscard]] model::ValueId value_of(model::ValueId target) const;

  /// From now on the two values are known to have the same bits.
  void set_same(model::ValueId source, model::ValueId target) { same_[target] = source; }
  /// The extents of a value of the target, or null.
  using DimsOf = std::function<const Dims*(model::ValueId)>;
  /// Whether both nodes compute the same: one operator of one version with equal attributes, or with windows
  /// that are the same numbers at these extents, on operands that are known to be the same or are equal
  /// constants. Subgraphs and functions are never.
  bool are_same(const model::Node& source, const model::Node& target, const DimsOf& dims_of);
  /// Whether both values are constants of the same elements.
  bool are_same_constants(model::ValueId source, model::ValueId target);

 private:
  bool is_same_operator(const model::Node& source, const model::Node& target,
                        std::span<const std::string_view> except = {}) const;
  bool is_same_window(const model::Node& source, const model::Node& target, const DimsOf& dims_of) const;
  bool is_same_operand(model::ValueId source, model::ValueId target);
  [[nodiscard]] std::int64_t opset(const model::Model& model, const model::Node& node) const;

  const model::Model& source_;
  const model::Model& target_;
  ConstantComparison& constants_;
  std::vector<model::ValueId> same_;                                     // by the target's value
  std::unordered_multimap<model::ValueId, const model::Node*> readers_;  // of the source's values
};

}  // namespace padproof::verifier
