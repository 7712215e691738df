// SPDX-License-Identifier: Apache-2.0
// ConvInteger and QLinearConv: exact sums modulo 2^32 of (x - x_zero_point) * (w - w_zero_point). Padding
// stands for the zero point, so its terms are 0 and are skipped. Sources: ONNX ConvInteger-10,
// QLinearConv-10.
#include "verifier/engine/convolution.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/quantized.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

void convolve(const Window& window, const ConvSizes& sizes, const Tensor& data, const Tensor& weights,
              Tensor* output) {
  const TapRows rows(window);
  const auto x = data.data<std::int32_t>();
  const auto w = weights.data<std::int32_t>();
  const auto y = output->mutable_data<std::int32_t>();
  for_each_channel_pair(sizes, false, [&](std::int64_t in, std::int64_t out, std::int64_t weight) {
    const std::int32_t* const from = x.data() + in * sizes.in_plane;
    std::int32_t* const to = y.data() + out * sizes.out_plane;
    for (std::int64_t tap = 0; tap < rows.taps(); ++tap) {
      const std::int32_t factor = w[static_cast<std::size_t>(weight * rows.taps() + tap)];
      rows.visit(tap, [&](std::int64_t cell, std::int64_t position, std::int64_t step, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i)
          to[cell + i] = wrapping_sum(to[cell + i], wrapping_product(factor, from[position + i * step]));
      });
    }
  });
}

struct IntegerOperands {
  const Tensor& data;
  const Tensor* data_zero_point;
  const Tensor& weights;
  const Tensor* weight_zero_point;
};

struct Accumulated {
  ConvSizes sizes;
  Tensor sums;
};

Result<Accumulated> accumulate(const KernelContext& context, const IntegerOperands& operands) {
  const Dims& weight_dims = operands.weights.dims();
  const auto window = window_of(context, operands.data, &operands.weights);
  if (!window) return Error(window.error());
  auto sizes = conv_sizes(*window, operands.data.dims(), weight_dims);
  if (!sizes) return Error(sizes.error());
  const auto data_points = zero_points(operands.data_zero_point, operands.data, 1);
  if (!data_points) return Error(data_points.error());
  const auto weight_points = zero_points(operands.weight_zero_point, operands.weights, weight_dims[0]);
  if (!weight_points) return Error(weight_points.error());
  const auto data = centered(context, operands.data, *data_points, 1);
  if (!data) return Error(data.error());
  const std::int64_t filter = extent_product(weight_dims, 1, weight_dims.size());
  const auto weights = centered(context, operands.weights, *weight_points, filter);
  if (!weights) return Error(weights.error());
  auto sums = context.memory.allocate(DataType::kInt32, sizes->output);
  if (!sums) return Error(sums.error());
  if (data->size() != 0 && weights->size() != 0) convolve(*window, *sizes, *data, *weights, &*sums);
  return Accumulated{std::move(*sizes), std::move(*sums)};
}

}  // namespace

Result<void> conv_integer(KernelContext& context) {
  auto result =
      accumulate(context, {context.present(0), context.input(2), context.present(1), context.input(3)});
  if (!result) return Error(result.error());
  context.outputs[0] = std::move(result->sums);
  return {};
}

Result<void> qlinear_conv(KernelContext& context) {
  auto result =
      accumulate(context, {context.present(0), context.input(2), context.present(3), context.input(5)});
  if (!result) return Error(result.error());
  const Tensor* const bias = context.input(8);
  if (auto checked = check_bias(bias, result->sizes); !checked) return checked;
  if (bias != nullptr && bias->dtype() != DataType::kInt32)
    return model::malformed("input-type", "bias is not int32", model::to_string(bias->dtype()));
  const std::int64_t channels = result->sizes.output[1];
  const auto data_scale = scales(context.input(1), 1);
  const auto weight_scales = scales(context.input(4), channels);
  const auto output_scale = scales(context.input(6), 1);
  for (const auto* scale : {&data_scale, &weight_scales, &output_scale})
    if (!*scale) return Error(scale->error());
  const auto output_point = zero_points(context.input(7), context.present(7), 1);
  if (!output_point) return Error(output_point.error());
  std::vector<double> multipliers;
  for (const double weight_scale : *weight_scales)
    multipliers.push_back((*data_scale)[0] * weight_scale / (*output_scale)[0]);
  auto sums = result->sums.mutable_data<std::int32_t>();
  const auto plane = static_cast<std::size_t>(result->sizes.out_plane);
  for (std::size_t i = 0; bias != nullptr && i < sums.size(); ++i)
    sums[i] =
        wrapping_sum(sums[i], bias->data<std::int32_t>()[i / plane % static_cast<std::size_t>(channels)]);
  return requantize(context, result->sums, multipliers, *output_point, result->sizes.out_plane,
                    context.input(7)->dtype());
}

}  // namespace padproof::verifier
