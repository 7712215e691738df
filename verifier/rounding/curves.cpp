// SPDX-License-Identifier: Apache-2.0
// Functions of one variable that bend: a slope for the errors, and how far the function may be from it within
// their reach.
#include <algorithm>
#include <cmath>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/operands.h"
#include "verifier/rounding/elements.h"
#include "verifier/rounding/functions.h"
#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

struct Applied {
  const RealFunction& function;
  double alpha;
  double beta;

  explicit Applied(const RuleContext& context)
      : function(*find_real_function(context.node.op_type)),
        alpha(static_cast<double>(context.attributes.float_or("alpha", function.default_alpha))),
        beta(static_cast<double>(context.attributes.float_or("beta", function.default_beta))) {}

  Applied(const RuleContext& context, double exponent)
      : function(*find_real_function(context.node.op_type)), alpha(exponent), beta(0) {}

  [[nodiscard]] double own_error(double x, double y) const {
    return function.own_error(alpha, beta, std::abs(x), std::abs(y));
  }
};

Result<RuleResult> follow_curve(const RuleContext& context, const Applied& applied) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = context.data();
  Tensor slope(DataType::kDouble, x.exact.dims());
  result.error.one_sided = Tensor(DataType::kDouble, x.exact.dims());
  const auto slopes = slope.mutable_data<double>();
  const auto distances = result.error.one_sided.mutable_data<double>();
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double at = x.exact.data<double>()[i];
    const double y = result.exact.data<double>()[i];
    const double reach = x.has_error() ? x.reach.data<double>()[i] : 0;
    const Curvature curvature = applied.function.curvature(applied.alpha, at, y, reach);
    if (std::isinf(curvature.distance)) return no_bound("a pole within the reach of rounding");
    slopes[i] = curvature.slope;
    const double moved = std::abs(curvature.slope) * reach + curvature.distance;
    distances[i] = curvature.distance + applied.own_error(std::abs(at) + reach, std::abs(y) + moved);
  }
  auto samples = scaled_samples(context.memory, x, slope);
  if (!samples) return Error(samples.error());
  result.error.samples = std::move(*samples);
  return result;
}

std::vector<double> numbers_in(const Tensor& operand) {
  if (const auto numbers = as_doubles(operand)) {
    const auto elements = numbers->data<double>();
    return {elements.begin(), elements.end()};
  }
  const auto whole = integers(operand);
  if (!whole) return {};
  return {whole->begin(), whole->end()};
}

/// The exponents of Pow, in the order of their operand.
Result<std::vector<double>> exponents_of(const RuleContext& context) {
  if (!context.data().is_float()) return no_bound("powers of integers");
  const UncertainValue& operand = *context.inputs[1];
  if (operand.has_error()) return no_bound("an exponent with an error");
  auto exponents = numbers_in(operand.exact);
  if (exponents.empty() && operand.exact.size() > 0)
    return no_bound("an element type that the rule does not cover");
  if (exponents.size() != 1 && context.opset < 7)
    return no_bound("broadcasting that the rule does not cover");
  return exponents;
}

}  // namespace

Result<RuleResult> bound_curve(const RuleContext& context) {
  if (context.attributes.string_or("approximate", "none") != "none")
    return no_bound("an approximation that the rule does not cover");
  return follow_curve(context, Applied(context));
}

Result<RuleResult> bound_power(const RuleContext& context) {
  const auto exponents = exponents_of(context);
  if (!exponents) return Error(exponents.error());
  const bool is_one =
      exponents->size() == 1 && context.inputs[1]->exact.rank() <= context.data().exact.rank();
  if (!is_one) return no_bound("more than one exponent");
  return follow_curve(context, Applied(context, exponents->front()));
}

Result<OneNode> worst_power(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  const auto exponents = exponents_of(context);
  if (!exponents) return Error(exponents.error());
  Tensor bound(DataType::kDouble, exact->dims());
  const Dims aligned = exponents->size() == 1 ? Dims{} : context.inputs[1]->exact.dims();
  for_each_broadcast<1>(exact->dims(), {aligned}, [&](std::int64_t i, const auto& at) {
    const Applied applied(context, (*exponents)[static_cast<std::size_t>(at[0])]);
    const auto element = static_cast<std::size_t>(i);
    bound.mutable_data<double>()[element] = applied.own_error(0, exact->data<double>()[element]);
  });
  return OneNode{std::move(*exact), std::move(bound)};
}

Result<OneNode> worst_function(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  const UncertainValue& x = context.data();
  const Applied applied(context);
  Tensor bound = map(x.exact, *exact, [&](double at, double y) { return applied.own_error(at, y); });
  if (x.has_error()) {
    bound = map(x.exact, x.reach, [&](double at, double reach) {
      return applied.own_error(std::abs(at) + reach, 1);  // HardSigmoid, the only one without curvature
    });
  }
  return OneNode{std::move(*exact), std::move(bound)};
}

}  // namespace padproof::verifier
