// SPDX-License-Identifier: Apache-2.0
// How each operator passes errors on and what it adds to them; the formulas are in bound.h.
#pragma once

#include <string_view>
#include <vector>

#include "verifier/rounding/sketch.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier {

/// Largest relative error of one float32 operation.
inline constexpr double kUnitRoundoff = 0x1p-24;

/// A node with its operands. Rules run the engine's own kernel, on doubles for values, on floats for samples.
struct RuleContext {
  const model::Node& node;
  const Operator& op;
  model::Attributes attributes;
  std::int64_t opset;
  std::vector<const UncertainValue*> inputs;  // null where omitted
  const MemoryBudget& memory;

  /// The node's first output for these operands.
  [[nodiscard]] model::Result<Tensor> run(const std::vector<const Tensor*>& operands) const;
  /// Calls visit with a context for the engine over these operands.
  template <class Visit>
  auto with_engine(const std::vector<const Tensor*>& operands, Visit&& visit) const {
    std::vector<Tensor> outputs(node.outputs.size());
    KernelContext context{node, attributes, opset, operands, outputs, memory};
    return visit(context);
  }
  [[nodiscard]] std::vector<const Tensor*> exact_operands() const;
};

/// An operator's exact output and the errors in it.
struct RuleResult {
  Tensor exact;
  NewError error;
};

using Rule = model::Result<RuleResult> (*)(const RuleContext& context);

/// The rule for an operator of the standard domain, or null.
Rule find_rule(std::string_view op_type);

/// `no-bound`: the rule does not cover this use of the operator.
model::Error no_bound(std::string what);

// sums.cpp: operators whose output is linear in their data
model::Result<RuleResult> bound_sum(const RuleContext& context);
model::Result<RuleResult> bound_copy(const RuleContext& context);
model::Result<RuleResult> bound_add(const RuleContext& context);
model::Result<RuleResult> bound_product(const RuleContext& context);

// curves.cpp: operators that are not
model::Result<RuleResult> bound_clamp(const RuleContext& context);
model::Result<RuleResult> bound_max_pool(const RuleContext& context);
model::Result<RuleResult> bound_sigmoid(const RuleContext& context);
model::Result<RuleResult> bound_softmax(const RuleContext& context);

}  // namespace padproof::verifier
