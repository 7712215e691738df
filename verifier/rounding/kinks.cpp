// SPDX-License-Identifier: Apache-2.0
// Operators made of straight pieces: a secant for the errors, and how far the operator may be from it within
// their reach.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "verifier/engine/in_time.h"
#include "verifier/engine/pool_windows.h"
#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// The operator on the data moved by `reach` times `sign`; other operands stay.
Result<Tensor> run_moved(const RuleContext& context, double sign) {
  const UncertainValue& x = context.data();
  const Tensor moved =
      map(x.exact, x.reach, [&](double value, double reach) { return value + sign * reach; });
  auto operands = context.exact_operands();
  operands[0] = &moved;
  return context.run(operands);
}

struct Secant {
  double slope;
  double distance;  // of the operator from the secant
};

/// Over [x - reach, x + reach], from the values at the ends and in the middle. With one kink the function is
/// furthest off at the ends; one that never turns back is off by no more than it moves on one side.
Secant secant_of(double reach, double low, double middle, double high, bool has_one_kink) {
  if (reach == 0) return {0, 0};
  return {(high - low) / (2 * reach), has_one_kink
                                          ? std::abs(high + low - 2 * middle) / 2
                                          : std::max(std::abs(high - middle), std::abs(middle - low))};
}

Result<void> only_data_uncertain(const RuleContext& context) {
  for (std::size_t i = 1; i < context.inputs.size(); ++i) {
    if (context.inputs[i] != nullptr && context.inputs[i]->has_error())
      return no_bound("an operand beside the data has an error");
  }
  return {};
}

/// `has_one_kink(x, reach, low, high)`: at most one in [x - reach, x + reach].
template <class HasOneKink>
Result<RuleResult> follow_secants(const RuleContext& context, HasOneKink&& has_one_kink) {
  if (auto checked = only_data_uncertain(context); !checked) return Error(checked.error());
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = context.data();
  if (!x.has_error()) return result;
  const auto low = run_moved(context, -1);
  const auto high = run_moved(context, 1);
  if (!low || !high) return Error(low ? high.error() : low.error());
  Tensor slope(DataType::kDouble, x.exact.dims());
  result.error.one_sided = Tensor(DataType::kDouble, x.exact.dims());
  const auto slopes = slope.mutable_data<double>();
  const auto distances = result.error.one_sided.mutable_data<double>();
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double reach = x.reach.data<double>()[i];
    const double below = low->data<double>()[i];
    const double above = high->data<double>()[i];
    const Secant secant = secant_of(reach, below, result.exact.data<double>()[i], above,
                                    has_one_kink(x.exact.data<double>()[i], reach, below, above));
    slopes[i] = secant.slope;
    distances[i] = secant.distance;
  }
  auto samples = scaled_samples(context.memory, x, slope);
  if (!samples) return Error(samples.error());
  result.error.samples = std::move(*samples);
  return result;
}

/// A plane's cells that one window of MaxPool covers, judged.
struct Contest {
  const double* values;
  const double* reaches;  // null: no errors
  std::int64_t winner = -1;
  double overtaken = 0;  // how far a loser may get ahead

  void choose(const PoolCell& cell) {
    cell.for_each_position([&](std::int64_t at) {
      if (winner < 0 || values[at] > values[winner]) winner = at;
    });
    if (winner < 0 || reaches == nullptr) return;
    cell.for_each_position([&](std::int64_t at) {
      const double lead = values[winner] - values[at];
      if (at != winner) overtaken = std::max(overtaken, reaches[at] + reaches[winner] - lead);
    });
  }
};

Result<RuleResult> pool(const Pooling& pooling, const RuleContext& context) {
  const UncertainValue& x = context.data();
  RuleResult result{Tensor(DataType::kDouble, pooling.output), {}};
  const auto y = result.exact.mutable_data<double>();
  if (x.has_error()) {
    auto samples = new_samples(context.memory, pooling.output);
    if (!samples) return Error(samples.error());
    result.error.samples = std::move(*samples);
    result.error.one_sided = Tensor(DataType::kDouble, pooling.output);
  }
  std::size_t out = 0;
  Watch watch;
  for (std::int64_t plane = 0; plane < pooling.planes; ++plane) {
    PoolCell cell(pooling.window);
    const std::int64_t first = plane * pooling.in_plane;
    for (std::int64_t i = 0; i < pooling.out_plane; ++i, ++out, cell.advance()) {
      if (watch.is_over(kSamples)) return result;
      Contest contest{x.exact.data<double>().data() + first,
                      x.has_error() ? x.reach.data<double>().data() + first : nullptr};
      contest.choose(cell);
      const bool is_empty = contest.winner < 0;
      y[out] = is_empty ? -std::numeric_limits<double>::infinity() : contest.values[contest.winner];
      if (!x.has_error() || is_empty) continue;
      result.error.one_sided.mutable_data<double>()[out] = contest.overtaken;
      for (std::size_t k = 0; k < kSamples; ++k)
        result.error.samples[k].mutable_data<float>()[out] =
            x.samples[k].data<float>()[static_cast<std::size_t>(first + contest.winner)];
    }
  }
  return result;
}

}  // namespace

Result<RuleResult> bound_clamp(const RuleContext& context) {
  const bool is_scaled = context.node.op_type == "HardSigmoid";
  auto result = follow_secants(context, [=](double x, double reach, double low, double high) {
    // Where one end is not clamped there is one kink at most.
    return high == low || (!is_scaled && (high == x + reach || low == x - reach));
  });
  if (!result || !is_scaled) return result;
  auto own = worst_function(context);
  if (!own) return Error(own.error());
  Tensor& one_sided = result->error.one_sided;
  one_sided = one_sided.is_set() ? map(one_sided, own->bound, std::plus<>()) : std::move(own->bound);
  return result;
}

Result<RuleResult> bound_kink(const RuleContext& context) {
  auto result = follow_secants(context, [](double, double, double, double) { return true; });
  if (!result || context.node.op_type == "Abs") return result;
  // LeakyRelu and PRelu multiply: by at most the slope of the secant.
  Tensor own = map(result->exact, [](double y) { return kUnitRoundoff * std::abs(y); });
  if (context.data().has_error()) {
    const auto low = run_moved(context, -1);
    const auto high = run_moved(context, 1);
    if (!low || !high) return Error(low ? high.error() : low.error());
    own = map(*low, *high, [](double below, double above) {
      return kUnitRoundoff * std::max(std::abs(below), std::abs(above));
    });
  }
  result->error.independent = std::move(own);
  return result;
}

Result<RuleResult> bound_max_pool(const RuleContext& context) {
  if (context.node.outputs.size() > 1) return no_bound("Indices depend on rounding");
  return context.with_engine(context.exact_operands(),
                             [&](const KernelContext& engine) -> Result<RuleResult> {
                               const auto pooling = pooling_of(engine, context.data().exact);
                               if (!pooling) return Error(pooling.error());
                               return pool(*pooling, context);
                             });
}

Result<RuleResult> bound_shape(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  return RuleResult{std::move(*exact), {}};
}

}  // namespace padproof::verifier
