// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/normalized_rows.h"

#include <cmath>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/operands.h"
#include "verifier/rounding/worst_case.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// Elements of an operand over the dims of the data.
std::vector<double> spread(const Tensor& operand, const Dims& aligned, const Dims& dims) {
  std::vector<double> elements;
  for_each_broadcast<1>(dims, {aligned}, [&](std::int64_t, const auto& at) {
    elements.push_back(operand.data<double>()[static_cast<std::size_t>(at[0])]);
  });
  return elements;
}

/// One element for each channel, or each group of channels.
std::vector<double> spread_channels(const Tensor& operand, const Dims& dims) {
  const std::int64_t channels = dims[1];
  const std::int64_t plane = extent_product(dims, 2, dims.size());
  const std::int64_t each = channels / operand.size();
  std::vector<double> elements;
  for (std::int64_t i = 0; i < extent_product(dims, 0, dims.size()); ++i)
    elements.push_back(operand.data<double>()[static_cast<std::size_t>(i / plane % channels / each)]);
  return elements;
}

Result<std::int64_t> cells_of_row(const RuleContext& context) {
  const Dims& dims = context.data().exact.dims();
  if (context.node.op_type == "LayerNormalization") {
    const auto axis = resolve_axis(context.attributes.int_or("axis", -1), dims.size());
    if (!axis) return Error(axis.error());
    return extent_product(dims, *axis, dims.size());
  }
  const bool is_grouped = context.node.op_type == "GroupNormalization";
  const std::int64_t groups = is_grouped ? context.attributes.int_or("num_groups", 1) : dims[1];
  return groups == 0 ? 0 : extent_product(dims, 1, dims.size()) / groups;
}

}  // namespace

Result<NormalizedRows> normalized_rows(const RuleContext& context) {
  for (std::size_t i = 1; i < context.inputs.size(); ++i) {
    if (context.inputs[i] != nullptr && context.inputs[i]->has_error())
      return no_bound("an operand beside the data has an error");
  }
  const Tensor& x = context.data().exact;
  const auto cells = cells_of_row(context);
  if (!cells) return Error(cells.error());
  NormalizedRows rows;
  rows.cells = *cells;
  rows.count = *cells == 0 ? 0 : x.size() / *cells;
  rows.epsilon = static_cast<double>(context.attributes.float_or("epsilon", 1e-5F));
  const bool is_layer = context.node.op_type == "LayerNormalization";
  const auto spread_operand = [&](std::size_t input) {
    if (input >= context.inputs.size() || context.inputs[input] == nullptr)
      return std::vector<double>(static_cast<std::size_t>(x.size()), 0.0);
    const Tensor& operand = context.inputs[input]->exact;
    if (x.size() == 0) return std::vector<double>{};
    return is_layer ? spread(operand, operand.dims(), x.dims()) : spread_channels(operand, x.dims());
  };
  rows.scale = spread_operand(1);
  rows.bias = spread_operand(2);
  for (std::int64_t row = 0; row < rows.count && !is_cut_off(); ++row) {
    if (moments_of_row(rows, row, x.data<double>()).total <= 0) return no_bound("no variance and no epsilon");
  }
  return rows;
}

RowMoments moments_of_row(const NormalizedRows& rows, std::int64_t row, std::span<const double> x) {
  const auto cells = static_cast<double>(rows.cells);
  RowMoments moments;
  rows.for_each_cell(row, [&](std::size_t i, double, double) {
    moments.mean += x[i] / cells;
    moments.mean_size += std::abs(x[i]) / cells;
    moments.mean_square += x[i] * x[i] / cells;
  });
  rows.for_each_cell(row, [&](std::size_t i, double, double) {
    const double distance = x[i] - moments.mean;
    moments.total += distance * distance / cells;
  });
  moments.total += rows.epsilon;
  return moments;
}

RowErrors errors_of_row(const RowMoments& moments, double factor) {
  RowErrors errors;
  errors.of_mean = factor * moments.mean_size + 4 * kLeastNormal;
  errors.most_mean = std::abs(moments.mean) + errors.of_mean;
  const double of_variance = factor * (moments.mean_square + moments.mean * moments.mean) +
                             (1 + factor) * (2 * std::abs(moments.mean) + errors.of_mean) * errors.of_mean +
                             4 * kLeastNormal;
  errors.inverse = 1 / std::sqrt(moments.total);
  const double least = moments.total - of_variance - 2 * kUnitRoundoff * moments.total;
  const bool is_bounded = least > 0 && moments.mean_square < kMostFloat / 0x1p24;
  errors.of_inverse = is_bounded ? (1 + 4 * kUnitRoundoff) / std::sqrt(least) - errors.inverse : kUnbounded;
  return errors;
}

}  // namespace padproof::verifier
