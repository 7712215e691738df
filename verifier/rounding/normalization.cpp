// SPDX-License-Identifier: Apache-2.0
// InstanceNormalization, LayerNormalization and GroupNormalization: y = (x - m) s / sqrt(v + epsilon) + b,
// m and v over rows of n cells. Engines take the variance in two passes or as mean(x^2) - m^2, and apply
// scale and bias cell by cell or as x (s r) + (b - m s r); the bound holds for all of these. With
// g = gamma_(n + 4), r = 1 / sqrt(t), t = v + epsilon:
//   mean      dm = g mean|x|
//   variance  dv = g (mean(x^2) + m^2) + (1 + g) (2 |m| dm + dm^2)
//   inverse   dr = (1 + 4u) / sqrt(t - dv - 2ut) - r, infinite where one pass may leave nothing
//   result    |s| ((|x - m| + dm) dr + dm r) + gamma_8 ((|x| + |m| + dm) |s| (r + dr) + |b|)
// Where errors are followed through, g = u sqrt(n + 8) gives the deviations of what a row shares, of mean and
// inverse; to first order they are drawn once for the row, the rest is taken at 8 deviations.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "verifier/rounding/normalized_rows.h"
#include "verifier/rounding/rules.h"
#include "verifier/rounding/worst_case.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

constexpr double kAppliedRoundings = 8;
constexpr double kSharedDeviations = 8;

/// Seeds of what rows share, apart from those that the walk gives to the elements' own errors.
constexpr std::uint64_t kSharedSeeds = std::uint64_t{1} << 48U;

/// Where the engine puts Mean and InvStdDev of LayerNormalization.
constexpr std::size_t kMeanOutput = 1;

/// Of a cell's own roundings, scale and bias folded or not.
double own_error_of_cell(const RowErrors& errors, double x, double scale, double bias) {
  const double size = (x + errors.most_mean) * std::abs(scale) * (errors.inverse + errors.of_inverse);
  return gamma_of(kAppliedRoundings) * (size + std::abs(bias));
}

/// Of those that its row shares.
double shared_error_of_cell(const RowErrors& errors, double distance, double scale) {
  return std::abs(scale) *
         ((distance + errors.of_mean) * errors.of_inverse + errors.of_mean * errors.inverse);
}

/// The rows' cells, computed in double: the engine's LayerNormalization never leaves float.
Tensor normalized(const NormalizedRows& rows, const Tensor& x) {
  Tensor exact(DataType::kDouble, x.dims());
  for (std::int64_t row = 0; row < rows.count && !is_cut_off(); ++row) {
    const RowMoments moments = moments_of_row(rows, row, x.data<double>());
    rows.for_each_cell(row, [&](std::size_t i, double scale, double bias) {
      exact.mutable_data<double>()[i] =
          (x.data<double>()[i] - moments.mean) / std::sqrt(moments.total) * scale + bias;
    });
  }
  return exact;
}

OneNode worst_of_rows(const NormalizedRows& rows, const Tensor& x) {
  const double factor = gamma_of(static_cast<double>(rows.cells) + 4);
  OneNode result{normalized(rows, x), Tensor(DataType::kDouble, x.dims())};
  const auto bound = result.bound.mutable_data<double>();
  for (std::int64_t row = 0; row < rows.count && !is_cut_off(); ++row) {
    const RowMoments moments = moments_of_row(rows, row, x.data<double>());
    const RowErrors errors = errors_of_row(moments, factor);
    rows.for_each_cell(row, [&](std::size_t i, double scale, double bias) {
      const double value = x.data<double>()[i];
      const double error = own_error_of_cell(errors, std::abs(value), scale, bias) +
                           shared_error_of_cell(errors, std::abs(value - moments.mean), scale);
      // No number: an infinite error times nothing.
      bound[i] = std::isfinite(errors.of_inverse) ? error : kUnbounded;
    });
  }
  return result;
}

/// Mean or InvStdDev of LayerNormalization.
OneNode worst_statistic(const NormalizedRows& rows, const Tensor& x, std::size_t output, const Dims& dims) {
  const double factor = gamma_of(static_cast<double>(rows.cells) + 4);
  OneNode result{Tensor(DataType::kDouble, dims), Tensor(DataType::kDouble, dims)};
  for (std::int64_t row = 0; row < rows.count && !is_cut_off(); ++row) {
    const RowMoments moments = moments_of_row(rows, row, x.data<double>());
    const RowErrors errors = errors_of_row(moments, factor);
    const bool is_mean = output == kMeanOutput;
    const auto at = static_cast<std::size_t>(row);
    result.exact.mutable_data<double>()[at] = is_mean ? moments.mean : errors.inverse;
    result.bound.mutable_data<double>()[at] = is_mean ? errors.of_mean : errors.of_inverse;
  }
  return result;
}

/// What errors e of the data make of a row, to first order: with z = (x - m) r, |s| r (e - mean(e) - z mean(z
/// e)). With C^2 = mean(reach^2), p = C r, q = 2p + p^2, R = 3/8 q^2 / (1 - q)^(5/2) the rest is at most |s|
/// (|z| (p^2 / 2 + R) + |e - mean(e)| r (q / 2 + R)).
class RowErrorsFollowed {
 public:
  RowErrorsFollowed(const NormalizedRows& rows, std::int64_t row, const UncertainValue& x)
      : rows_(rows), row_(row), x_(x), moments_(moments_of_row(rows, row, x.exact.data<double>())) {
    if (!x.has_error()) return;
    rows.for_each_cell(row, [&](std::size_t i, double, double) {
      const double reach = x.reach.data<double>()[i];
      mean_reach_ += reach / static_cast<double>(rows.cells);
      squared_reach_ += reach * reach / static_cast<double>(rows.cells);
    });
    part_ = std::sqrt(squared_reach_ / moments_.total);
    changed_ = 2 * part_ + part_ * part_;
  }

  [[nodiscard]] bool may_vanish() const { return !(changed_ < 0.5); }

  /// False if rounding may leave nothing of the variance.
  [[nodiscard]] bool add_errors(NewError& error) {
    // Data and mean may lie further out by their reach, the variance lower.
    RowMoments reached = moments_;
    reached.mean_size += mean_reach_;
    reached.mean_square = std::pow(std::sqrt(moments_.mean_square) + std::sqrt(squared_reach_), 2);
    reached.mean = std::abs(moments_.mean) + mean_reach_;
    reached.total *= 1 - changed_;
    const double factor = kUnitRoundoff * std::sqrt(static_cast<double>(rows_.cells) + 8);
    const RowErrors most = errors_of_row(reached, kSharedDeviations * factor);
    if (!std::isfinite(most.of_inverse)) return false;
    shared_ = errors_of_row(reached, factor);
    const double bent = std::max(0.0, most.of_inverse - kSharedDeviations * shared_.of_inverse);
    const double rest = 3.0 / 8 * changed_ * changed_ / std::pow(1 - changed_, 2.5);
    const double inverse = 1 / std::sqrt(moments_.total);
    rows_.for_each_cell(row_, [&](std::size_t i, double scale, double bias) {
      const double x = x_.exact.data<double>()[i];
      const double reach = x_.has_error() ? x_.reach.data<double>()[i] : 0;
      const double distance = std::abs(x - moments_.mean);
      const double moved = reach + mean_reach_;
      const double second = inverse * (distance * (part_ * part_ / 2 + rest) + moved * (changed_ / 2 + rest));
      const double shared = distance * bent + (moved + most.of_mean) * most.of_inverse;
      error.independent.mutable_data<double>()[i] = own_error_of_cell(most, std::abs(x) + reach, scale, bias);
      error.one_sided.mutable_data<double>()[i] = std::abs(scale) * (second + shared);
    });
    return true;
  }

  /// Deviations times normal numbers. The square root of 2 is for the mean's part in the inverse.
  void add_shared(double of_mean, double of_inverse, std::span<float> to) const {
    const double mean = std::numbers::sqrt2 * shared_.of_mean * shared_.inverse * of_mean;
    const double inverse = std::numbers::sqrt2 * shared_.of_inverse * of_inverse;
    rows_.for_each_cell(row_, [&](std::size_t i, double scale, double) {
      const double distance = x_.exact.data<double>()[i] - moments_.mean;
      to[i] += static_cast<float>(scale * (mean + distance * inverse));
    });
  }

  void carry(std::span<const float> from, std::span<float> to) const {
    const auto cells = static_cast<double>(rows_.cells);
    const double inverse = 1 / std::sqrt(moments_.total);
    const auto x = x_.exact.data<double>();
    double mean = 0;
    double along = 0;
    rows_.for_each_cell(row_, [&](std::size_t i, double, double) {
      mean += static_cast<double>(from[i]) / cells;
      along += static_cast<double>(from[i]) * (x[i] - moments_.mean) * inverse / cells;
    });
    rows_.for_each_cell(row_, [&](std::size_t i, double scale, double) {
      const double z = (x[i] - moments_.mean) * inverse;
      to[i] = static_cast<float>(scale * inverse * (static_cast<double>(from[i]) - mean - z * along));
    });
  }

 private:
  const NormalizedRows& rows_;
  std::int64_t row_;
  const UncertainValue& x_;
  RowMoments moments_;
  RowErrors shared_;  // deviations
  double mean_reach_ = 0;
  double squared_reach_ = 0;
  double part_ = 0;     // p
  double changed_ = 0;  // q
};

void fill_sample(const RuleContext& context, const std::vector<RowErrorsFollowed>& rows, std::size_t k,
                 Tensor& sample) {
  const auto to = sample.mutable_data<float>();
  if (context.data().has_error()) {
    for (const RowErrorsFollowed& row : rows) row.carry(context.data().samples[k].data<float>(), to);
  }
  if (k >= kSamplesOfAKind) return;
  const auto normals = shared_normals(kSharedSeeds + context.node.index, k, 2 * rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row)
    rows[row].add_shared(normals[2 * row], normals[2 * row + 1], to);
}

}  // namespace

Result<OneNode> worst_normalization(const RuleContext& context) {
  const auto checked = context.run_exact();
  if (!checked) return Error(checked.error());
  const auto rows = normalized_rows(context);
  if (!rows) return Error(rows.error());
  const Tensor& x = context.data().exact;
  if (context.output == 0) return worst_of_rows(*rows, x);
  return worst_statistic(*rows, x, context.output, checked->dims());
}

Result<RuleResult> bound_normalization(const RuleContext& context) {
  if (context.output != 0) return no_bound("statistics of data with errors");
  const auto checked = context.run_exact();
  if (!checked) return Error(checked.error());
  const auto rows = normalized_rows(context);
  if (!rows) return Error(rows.error());
  const UncertainValue& x = context.data();
  RuleResult result{normalized(*rows, x.exact), {}};
  result.error.independent = Tensor(DataType::kDouble, x.exact.dims());
  result.error.one_sided = Tensor(DataType::kDouble, x.exact.dims());
  auto samples = new_samples(context.memory, x.exact.dims());
  if (!samples) return Error(samples.error());
  result.error.samples = std::move(*samples);
  std::vector<RowErrorsFollowed> followed;
  for (std::int64_t row = 0; row < rows->count && !is_cut_off(); ++row) {
    followed.emplace_back(*rows, row, x);
    if (followed.back().may_vanish() || !followed.back().add_errors(result.error))
      return no_bound("a variance within the reach of rounding");
  }
  for (std::size_t k = 0; k < kSamples && !is_cut_off(); ++k)
    fill_sample(context, followed, k, result.error.samples[k]);
  return result;
}

}  // namespace padproof::verifier
