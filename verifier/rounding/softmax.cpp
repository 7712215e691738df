// SPDX-License-Identifier: Apache-2.0
// Softmax and LogSoftmax. With D = max - x, p the softmax and L the length of a line:
//   exp(x - max)  relative error (3D + 8) u: the difference is rounded, and the argument within exp
//   their sum     (3 sum p D + L + 8) u
#include <algorithm>
#include <cmath>

#include "verifier/engine/operands.h"
#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// The lines that the operator normalises: `extent` elements `step` apart.
struct SoftmaxLines {
  std::int64_t extent = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;

  [[nodiscard]] std::size_t at(std::int64_t line, std::int64_t i) const {
    return static_cast<std::size_t>(line / step * step * extent + line % step + i * step);
  }
};

Result<SoftmaxLines> lines_of(const RuleContext& context) {
  const Dims& dims = context.data().exact.dims();
  const bool flattens = context.opset < 13;
  const auto axis = resolve_axis(context.attributes.int_or("axis", flattens ? 1 : -1), dims.size());
  if (!axis) return Error(axis.error());
  const std::size_t end = flattens ? dims.size() : *axis + 1;
  SoftmaxLines lines{extent_product(dims, *axis, end), extent_product(dims, end, dims.size()), 0};
  if (lines.extent > 0) lines.count = context.data().exact.size() / lines.extent;
  return lines;
}

struct SoftmaxLine {
  double maximum = 0;
  double mean_depth = 0;  // sum of p D
};

SoftmaxLine measure(const SoftmaxLines& lines, std::int64_t line, std::span<const double> x) {
  SoftmaxLine measured{x[lines.at(line, 0)], 0};
  for (std::int64_t i = 1; i < lines.extent; ++i)
    measured.maximum = std::max(measured.maximum, x[lines.at(line, i)]);
  double sum = 0;
  for (std::int64_t i = 0; i < lines.extent; ++i) {
    const double depth = measured.maximum - x[lines.at(line, i)];
    sum += std::exp(-depth);
    measured.mean_depth += depth > 700 ? 0 : depth * std::exp(-depth);
  }
  measured.mean_depth /= sum;
  return measured;
}

/// One sample through the derivative y_i (e_i - sum y_j e_j).
void carry_sample(const SoftmaxLines& lines, std::int64_t line, std::span<const double> y,
                  std::span<const float> from, std::span<float> to) {
  double mean = 0;
  for (std::int64_t i = 0; i < lines.extent; ++i)
    mean += y[lines.at(line, i)] * static_cast<double>(from[lines.at(line, i)]);
  for (std::int64_t i = 0; i < lines.extent; ++i) {
    const std::size_t at = lines.at(line, i);
    to[at] = static_cast<float>(y[at] * (static_cast<double>(from[at]) - mean));
  }
}

void follow_line(const SoftmaxLines& lines, std::int64_t line, const UncertainValue& x, RuleResult& result) {
  const auto y = result.exact.data<double>();
  double most = 0;
  for (std::int64_t i = 0; i < lines.extent; ++i)
    most = std::max(most, x.reach.data<double>()[lines.at(line, i)]);
  const auto one_sided = result.error.one_sided.mutable_data<double>();
  for (std::int64_t i = 0; i < lines.extent; ++i)
    one_sided[lines.at(line, i)] = 2 * y[lines.at(line, i)] * most * most * std::exp(2 * most);
  for (std::size_t k = 0; k < kSamples; ++k)
    carry_sample(lines, line, y, x.samples[k].data<float>(), result.error.samples[k].mutable_data<float>());
}

}  // namespace

Result<RuleResult> bound_softmax(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  const auto lines = lines_of(context);
  if (!lines) return Error(lines.error());
  RuleResult result{std::move(*exact), {}};
  const UncertainValue& x = context.data();
  const double summed = static_cast<double>(lines->extent) + 16;
  result.error.independent = Tensor(DataType::kDouble, x.exact.dims());
  if (x.has_error()) {
    auto samples = new_samples(context.memory, x.exact.dims());
    if (!samples) return Error(samples.error());
    result.error.samples = std::move(*samples);
    result.error.one_sided = Tensor(DataType::kDouble, x.exact.dims());
  }
  for (std::int64_t line = 0; line < lines->count && !is_cut_off(); ++line) {
    const SoftmaxLine measured = measure(*lines, line, x.exact.data<double>());
    for (std::int64_t i = 0; i < lines->extent; ++i) {
      const std::size_t at = lines->at(line, i);
      const double depth = measured.maximum - x.exact.data<double>()[at] + measured.mean_depth;
      result.error.independent.mutable_data<double>()[at] =
          kUnitRoundoff * result.exact.data<double>()[at] * std::sqrt(summed + depth * depth);
    }
    if (x.has_error()) follow_line(*lines, line, x, result);
  }
  return result;
}

Result<OneNode> worst_softmax(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  const auto lines = lines_of(context);
  if (!lines) return Error(lines.error());
  const bool is_log = context.node.op_type == "LogSoftmax";
  const auto x = context.data().exact.data<double>();
  Tensor bound(DataType::kDouble, exact->dims());
  for (std::int64_t line = 0; line < lines->count && !is_cut_off(); ++line) {
    const SoftmaxLine measured = measure(*lines, line, x);
    const double of_sum = 3 * measured.mean_depth + static_cast<double>(lines->extent) + 8;
    for (std::int64_t i = 0; i < lines->extent; ++i) {
      const std::size_t at = lines->at(line, i);
      const double depth = measured.maximum - x[at];
      const double y = exact->data<double>()[at];
      const double roundings = is_log ? of_sum + depth + 8 * (2 - y - depth) - y : of_sum + 3 * depth + 16;
      // exp(t) - 1 >= t: products of roundings included.
      const double raised = std::expm1(1.01 * kUnitRoundoff * roundings);
      bound.mutable_data<double>()[at] = is_log ? raised : y * raised;
    }
  }
  return OneNode{std::move(*exact), std::move(bound)};
}

}  // namespace padproof::verifier
