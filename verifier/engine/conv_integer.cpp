// SPDX-License-Identifier: Apache-2.0
// ConvInteger and QLinearConv: exact sums modulo 2^32 of (x - x_zero_point) * (w - w_zero_point). Padding
// stands for the zero point, so its terms are 0 and are skipped. Sources: ONNX ConvInteger-10,
// QLinearConv-10.
#include "verifier/engine/convolution.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/quantized.h"
#include "verifier/engine/simd/integer_convolve.h"
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
    Watch watch;
    for (std::int64_t tap = 0; tap < rows.taps() && !watch.is_over(); ++tap) {
      const std::int32_t factor = w[static_cast<std::size_t>(weight * rows.taps() + tap)];
      rows.visit(tap, [&](std::int64_t cell, std::int64_t position, std::int64_t step, std::int64_t count) {
        if (watch.is_over(count)) return;
        for_each_in_time(count, 1, [&](std::int64_t i) {
          to[cell + i] = wrapping_sum(to[cell + i], wrapping_product(factor, from[position + i * step]));
        });
      });
    }
  });
}

struct IntegerOperands {
  const Tensor& data;
  const Tensor* data_zero_point;
  const Tensor& weights;
  const Tensor* weight_zero_point;
  const Tensor* bias;
};

struct Accumulated {
  ConvSizes sizes;
  Tensor sums;
};

/// As the definition says, one term after the other; sums begin at 0.
Result<void> accumulate_scalar(const KernelContext& context, const Window& window,
                               const IntegerOperands& operands, const std::vector<std::int32_t>& data_points,
                               const std::vector<std::int32_t>& weight_points, Accumulated& to) {
  const Dims& weight_dims = operands.weights.dims();
  const auto data = centered(context, operands.data, data_points, 1);
  if (!data) return Error(data.error());
  const std::int64_t filter = extent_product(weight_dims, 1, weight_dims.size());
  const auto weights = centered(context, operands.weights, weight_points, filter);
  if (!weights) return Error(weights.error());
  if (data->size() != 0 && weights->size() != 0) convolve(window, to.sizes, *data, *weights, &to.sums);
  if (operands.bias == nullptr) return {};
  const auto bias = operands.bias->data<std::int32_t>();
  const auto sums = to.sums.mutable_data<std::int32_t>();
  const auto plane = static_cast<std::size_t>(to.sizes.out_plane);
  for_each_in_time(to.sums.size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    sums[i] = wrapping_sum(sums[i], bias[i / plane % bias.size()]);
  });
  return {};
}

bool are_bytes(const Tensor& tensor) {
  return tensor.dtype() == DataType::kInt8 || tensor.dtype() == DataType::kUint8;
}

Result<void> check_integer_bias(const Tensor* bias, const ConvSizes& sizes) {
  if (auto checked = check_bias(bias, sizes); !checked) return checked;
  if (bias != nullptr && bias->dtype() != DataType::kInt32)
    return model::malformed("input-type", "bias is not int32", model::to_string(bias->dtype()));
  return {};
}

Result<Accumulated> accumulate(const KernelContext& context, const IntegerOperands& operands) {
  const auto window = window_of(context, operands.data, &operands.weights);
  if (!window) return Error(window.error());
  auto sizes = conv_sizes(*window, operands.data.dims(), operands.weights.dims());
  if (!sizes) return Error(sizes.error());
  const auto data_points = zero_points(operands.data_zero_point, operands.data, 1);
  if (!data_points) return Error(data_points.error());
  const auto weight_points =
      zero_points(operands.weight_zero_point, operands.weights, operands.weights.dims()[0]);
  if (!weight_points) return Error(weight_points.error());
  if (auto checked = check_integer_bias(operands.bias, *sizes); !checked) return Error(checked.error());
  const bool is_fast = !context.oracle && are_bytes(operands.data) && are_bytes(operands.weights) &&
                       simd::can_convolve_integers(*window, *sizes);
  auto sums = context.memory.allocate(DataType::kInt32, sizes->output,
                                      is_fast ? Contents::kAnything : Contents::kZeros);
  if (!sums) return Error(sums.error());
  Accumulated result{std::move(*sizes), std::move(*sums)};
  const auto done =
      is_fast ? simd::convolve_integers(
                    *window, result.sizes,
                    {operands.data, data_points->front(), operands.weights, *weight_points,
                     operands.bias == nullptr ? nullptr : operands.bias->data<std::int32_t>().data(),
                     result.sums.mutable_data<std::int32_t>().data()},
                    context.memory)
              : accumulate_scalar(context, *window, operands, *data_points, *weight_points, result);
  if (!done) return Error(done.error());
  return result;
}

}  // namespace

Result<void> conv_integer(KernelContext& context) {
  auto result = accumulate(
      context, {context.present(0), context.input(2), context.present(1), context.input(3), nullptr});
  if (!result) return Error(result.error());
  context.outputs[0] = std::move(result->sums);
  return {};
}

Result<void> qlinear_conv(KernelContext& context) {
  auto result = accumulate(context, {context.present(0), context.input(2), context.present(3),
                                     context.input(5), context.input(8)});
  if (!result) return Error(result.error());
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
  return requantize(context, result->sums, multipliers, *output_point, result->sizes.out_plane,
                    context.input(7)->dtype());
}

}  // namespace padproof::verifier
