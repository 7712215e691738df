// SPDX-License-Identifier: Apache-2.0
// Operators that bend: a slope for the errors, and how far the operator may be from its slope within their
// reach.
#include <algorithm>
#include <cmath>
#include <limits>

#include "verifier/rounding/rule.h"
#include "verifier/engine/pool_windows.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Samples times slopes, element by element.
std::vector<Tensor> scaled_samples(const UncertainValue& x, const Tensor& slope) {
  std::vector<Tensor> samples;
  const auto factors = slope.data<double>();
  for (const Tensor& sample : x.samples) {
    Tensor& scaled = samples.emplace_back(DataType::kFloat, sample.dims());
    const auto from = sample.data<float>();
    const auto to = scaled.mutable_data<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i] * static_cast<float>(factors[i]);
  }
  return samples;
}

/// The operator on the data moved by `reach` times `sign`; other operands stay.
Result<Tensor> run_moved(const RuleContext& context, double sign) {
  const UncertainValue& x = *context.inputs[0];
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

/// A clamp f over [x - reach, x + reach], from its values at the ends and in the middle.
Secant secant_of(double x, double reach, double low, double middle, double high) {
  if (reach == 0) return {0, 0};
  const double slope = (high - low) / (2 * reach);
  // Where one end is not clamped there is one kink at most, and the function is furthest off at the ends.
  const bool one_kink = high == x + reach || low == x - reach || high == low;
  return {slope, one_kink ? std::abs(high + low - 2 * middle) / 2 : std::max(high - middle, middle - low)};
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

RuleResult pool(const Pooling& pooling, const UncertainValue& x) {
  RuleResult result{Tensor(DataType::kDouble, pooling.output), {}};
  const auto y = result.exact.mutable_data<double>();
  if (x.has_error()) result.error.one_sided = Tensor(DataType::kDouble, pooling.output);
  for (std::size_t k = 0; k < x.samples.size(); ++k)
    result.error.samples.emplace_back(DataType::kFloat, pooling.output);
  std::size_t out = 0;
  for (std::int64_t plane = 0; plane < pooling.planes; ++plane) {
    PoolCell cell(pooling.window);
    const std::int64_t first = plane * pooling.in_plane;
    for (std::int64_t i = 0; i < pooling.out_plane; ++i, ++out, cell.advance()) {
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

/// Softmax of one row: samples through the derivative y_i (e_i - sum y_j e_j).
void carry_through_softmax(std::span<const double> y, std::span<const float> from, std::span<float> to) {
  double mean = 0;
  for (std::size_t i = 0; i < y.size(); ++i) mean += y[i] * static_cast<double>(from[i]);
  for (std::size_t i = 0; i < y.size(); ++i)
    to[i] = static_cast<float>(y[i] * (static_cast<double>(from[i]) - mean));
}

}  // namespace

Result<RuleResult> bound_clamp(const RuleContext& context) {
  auto exact = context.run(context.exact_operands());
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = *context.inputs[0];
  if (!x.has_error()) return result;
  const auto low = run_moved(context, -1);
  const auto high = run_moved(context, 1);
  if (!low || !high) return Error(low ? high.error() : low.error());
  Tensor slope(DataType::kDouble, x.exact.dims());
  result.error.one_sided = Tensor(DataType::kDouble, x.exact.dims());
  for (std::size_t i = 0; i < slope.mutable_data<double>().size(); ++i) {
    const Secant secant =
        secant_of(x.exact.data<double>()[i], x.reach.data<double>()[i], low->data<double>()[i],
                  result.exact.data<double>()[i], high->data<double>()[i]);
    slope.mutable_data<double>()[i] = secant.slope;
    result.error.one_sided.mutable_data<double>()[i] = secant.distance;
  }
  result.error.samples = scaled_samples(x, slope);
  return result;
}

Result<RuleResult> bound_max_pool(const RuleContext& context) {
  if (context.node.outputs.size() > 1) return no_bound("Indices depend on rounding");
  return context.with_engine(context.exact_operands(),
                             [&](const KernelContext& engine) -> Result<RuleResult> {
                               const auto pooling = pooling_of(engine, context.inputs[0]->exact);
                               if (!pooling) return Error(pooling.error());
                               return pool(*pooling, *context.inputs[0]);
                             });
}

Result<RuleResult> bound_sigmoid(const RuleContext& context) {
  auto exact = context.run(context.exact_operands());
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = *context.inputs[0];
  const Tensor slope = map(result.exact, [](double y) { return y * (1 - y); });
  result.error.samples = scaled_samples(x, slope);
  const Tensor reach = x.has_error() ? x.reach : Tensor(DataType::kDouble, x.exact.dims());
  result.error.one_sided = map(reach, [](double e) { return e * e / 20 + 8 * kUnitRoundoff; });
  return result;
}

Result<RuleResult> bound_softmax(const RuleContext& context) {
  auto exact = context.run(context.exact_operands());
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = *context.inputs[0];
  const auto rank = static_cast<std::int64_t>(x.exact.rank());
  const std::int64_t axis = context.attributes.int_or("axis", context.opset < 13 ? 1 : -1);
  if (rank == 0 || (axis != -1 && axis != rank - 1)) return no_bound("not over the last axis");
  const auto length = static_cast<std::size_t>(x.exact.dims().back());
  result.error.independent = map(result.exact, [&](double y) {
    return kUnitRoundoff * y * std::sqrt(static_cast<double>(length) + 16);
  });
  if (!x.has_error()) return result;
  result.error.one_sided = Tensor(DataType::kDouble, x.exact.dims());
  for (const Tensor& sample : x.samples) result.error.samples.emplace_back(DataType::kFloat, sample.dims());
  const auto y = result.exact.data<double>();
  for (std::size_t row = 0; length > 0 && row < y.size(); row += length) {
    const auto reach = x.reach.data<double>().subspan(row, length);
    const double most = *std::max_element(reach.begin(), reach.end());
    for (std::size_t i = row; i < row + length; ++i)
      result.error.one_sided.mutable_data<double>()[i] = 2 * y[i] * most * most * std::exp(2 * most);
    for (std::size_t k = 0; k < kSamples; ++k)
      carry_through_softmax(y.subspan(row, length), x.samples[k].data<float>().subspan(row, length),
                            result.error.samples[k].mutable_data<float>().subspan(row, length));
  }
  return result;
}

}  // namespace padproof::verifier
