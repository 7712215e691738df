// SPDX-License-Identifier: Apache-2.0
// What rounding does to each operator, as one table: how it passes errors on (formulas in bound.h), and how
// far it may take the operator alone (formulas in worst_case.h).
#pragma once

#include <string_view>
#include <vector>

#include "verifier/engine/kernel.h"
#include "verifier/engine/work_limit.h"
#include "verifier/rounding/sketch.h"

namespace padproof::verifier {

/// Largest relative error of one float32 operation.
inline constexpr double kUnitRoundoff = 0x1p-24;

/// What an operand is to a sum: the letters of RoundingRow::roles.
enum class Role : char {
  kData = 'd',
  kNegated = 'n',  // data that is subtracted
  kWeight = 'w',   // multiplies the data
  kOffset = 'b',   // is added
  kMean = 'm',     // is subtracted
  kOther = 'k',    // axes, pads, variances
};

struct RoundingRow;

/// A node with its operands. Rules run the engine's own kernel, on doubles for values, on floats for samples.
struct RuleContext {
  const model::Node& node;
  const Operator& op;
  const RoundingRow* row;  // null where the table has none
  model::Attributes attributes;
  std::int64_t opset;
  std::vector<const UncertainValue*> inputs;  // null where omitted
  const MemoryBudget& memory;
  WorkMeter& meter;
  std::size_t output = 0;  // the one that is asked for

  /// The node's output for these operands.
  [[nodiscard]] model::Result<Tensor> run(const std::vector<const Tensor*>& operands) const;
  /// Calls visit with a context for the engine over these operands.
  template <class Visit>
  auto with_engine(const std::vector<const Tensor*>& operands, Visit&& visit) const {
    std::vector<Tensor> outputs(node.outputs.size());
    KernelContext context{node, attributes, opset, operands, outputs, memory};
    return visit(context);
  }
  [[nodiscard]] std::vector<const Tensor*> exact_operands() const;
  [[nodiscard]] std::vector<const Tensor*> single_operands() const;
  [[nodiscard]] model::Result<Tensor> run_exact() const { return run(exact_operands()); }
  /// The first operand, which every operator with a rule has.
  [[nodiscard]] const UncertainValue& data() const { return *inputs.front(); }
  [[nodiscard]] Role role(std::size_t input) const;
};

/// An operator's exact output and the errors in it.
struct RuleResult {
  Tensor exact;
  NewError error;
};
using Rule = model::Result<RuleResult> (*)(const RuleContext& context);

/// An operator's exact output, double or an integer type, and how far rounding may take it: double; not set
/// where it cannot.
struct OneNode {
  Tensor exact;
  Tensor bound;
};
using OneNodeRule = model::Result<OneNode> (*)(const RuleContext& context);

/// `no-bound`: the rule does not cover this use of the operator.
model::Error no_bound(std::string what);

struct RoundingRow {
  std::string_view op_type;
  Rule propagate;                // null: errors before it cannot be followed through
  OneNodeRule worst_case;        // for operands without errors
  std::string_view roles = "d";  // one letter for each operand; the last stands for all that follow
  int roundings = 0;             // of each term, beside those of the terms' sum
};

/// The row of an operator of the standard domain, or null.
const RoundingRow* find_rounding_row(std::string_view op_type);

/// Operators with a worst case for one node, sorted; and those of them that errors can be followed through.
std::vector<std::string> operators_bounded_alone();
std::vector<std::string> operators_bounded_through();

}  // namespace padproof::verifier
