// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear may end on either side of a tie: rounding moves the quotient by a few u, and the result by
// whatever the operator makes of that. DequantizeLinear multiplies.
#include <cmath>

#include "verifier/rounding/elements.h"
#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// The operator on the data moved by four roundings, up or down.
Result<Tensor> quantize_moved(const RuleContext& context, double sign) {
  const UncertainValue& x = context.data();
  const Tensor moved = single_of(
      map(x.exact, [=](double value) { return value + sign * 4 * kUnitRoundoff * std::abs(value); }));
  auto operands = context.single_operands();
  operands[0] = &moved;
  return context.run(operands);
}

}  // namespace

Result<OneNode> worst_quantize(const RuleContext& context) {
  if (!context.data().is_float()) return no_bound("no rounding bound for QuantizeLinear of integers");
  auto exact = context.run(context.single_operands());
  if (!exact) return Error(exact.error());
  const auto low = quantize_moved(context, -1);
  const auto high = quantize_moved(context, 1);
  if (!low || !high) return Error(low ? high.error() : low.error());
  const auto below = as_doubles(*low);
  const auto above = as_doubles(*high);
  if (!below || !above) return no_bound("an element type that the rule does not cover");
  Tensor bound = map(*below, *above, [](double from, double to) { return std::abs(to - from); });
  return OneNode{std::move(*exact), std::move(bound)};
}

Result<OneNode> worst_dequantize(const RuleContext& context) {
  auto single = context.run(context.single_operands());
  if (!single) return Error(single.error());
  if (single->dtype() != DataType::kFloat) return no_bound("an element type that the rule does not cover");
  OneNode result{exact_value(std::move(*single)).exact, {}};
  result.bound =
      map(result.exact, [&](double y) { return (1 + context.row->roundings) * kUnitRoundoff * std::abs(y); });
  return result;
}

}  // namespace padproof::verifier
