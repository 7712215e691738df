// SPDX-License-Identifier: Apache-2.0
// Functions of one variable that bend: a slope for the errors, and how far the function may be from it within
// their reach.
#include <algorithm>
#include <cmath>

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

  [[nodiscard]] double own_error(double x, double y) const {
    return function.own_error(alpha, beta, std::abs(x), std::abs(y));
  }
};

}  // namespace

Result<RuleResult> bound_curve(const RuleContext& context) {
  if (context.attributes.string_or("approximate", "none") != "none")
    return no_bound("an approximation that the rule does not cover");
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = context.data();
  const Applied applied(context);
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
