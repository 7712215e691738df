// SPDX-License-Identifier: Apache-2.0
// com.microsoft.QLinearGlobalAveragePool, QLinearConcat and QLinearSoftmax. See linear_scale.h.
#include <algorithm>
#include <utility>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/linear_scale.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Elements of `input` in `from` as those of a slab of the output: `rows` runs of `run`, `stride` apart.
template <class Q>
void place_rescaled(std::span<const Q> input, const LinearScale& from, const LinearScale& to, std::size_t run,
                    std::size_t stride, Q* output) {
  const bool same = from.step == to.step && from.zero == to.zero;
  for_each_in_time(std::ssize(input), kOperationsOfPlace, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    output[i / run * stride + i % run] = same ? input[i] : element_of<Q>(to, from.real(input[i]) / to.step);
  });
}

/// Dims of the parts side by side along the axis; all are of the type `dtype`.
Result<Dims> concatenated(const KernelContext& context, DataType dtype, std::size_t axis) {
  Dims dims = context.input(2)->dims();
  dims[axis] = 0;
  for (std::size_t i = 2; i < context.inputs.size(); i += 3) {
    if (context.input(i) == nullptr) return model::malformed("missing-input", "a part is missing");
    Dims others = context.input(i)->dims();
    if (others.size() != dims.size()) return bad_shape("operands differ in rank", others, to_string(dims));
    const std::int64_t extent = std::exchange(others[axis], dims[axis]);
    if (others != dims || context.input(i)->dtype() != dtype || extent > INT64_MAX - dims[axis])
      return bad_shape("operands differ beside the axis, or in type", context.input(i)->dims());
    dims[axis] += extent;
  }
  return dims;
}

constexpr std::int64_t kOperationsOfPower = 16;

template <class Q>
void softmax_line(const Q* from, Q* to, std::int64_t extent, std::int64_t step, const LinearScale& scale,
                  const LinearScale& result) {
  Q greatest = from[0];
  for_each_in_time(extent, 1, [&](std::int64_t i) { greatest = std::max(greatest, from[i * step]); });
  const auto power = [&](std::int64_t i) { return std::exp(scale.step * (from[i * step] - greatest)); };
  double sum = 0;
  for_each_in_time(extent, kOperationsOfPower, [&](std::int64_t i) { sum += power(i); });
  for_each_in_time(extent, kOperationsOfPower, [&](std::int64_t i) {
    to[i * step] = element_of<Q>(result, power(i) / sum / result.step);
  });
}

}  // namespace

Result<void> qlinear_global_average_pool(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto from = linear_scale(context, 1, 2, input.dtype());
  if (!from) return Error(from.error());
  const auto to = linear_scale(context, 3, 4, input.dtype());
  if (!to) return Error(to.error());
  if (input.rank() < 3) return bad_shape("data has no spatial axis", input.dims(), "rank 3 or more");
  const bool is_last = context.attributes.int_or("channels_last", 0) != 0;
  const std::size_t channel_axis = is_last ? input.rank() - 1 : 1;
  const std::size_t first = is_last ? 1 : 2;
  Dims dims(input.rank(), 1);
  dims[0] = input.dims()[0];
  dims[channel_axis] = input.dims()[channel_axis];
  const std::int64_t area = extent_product(input.dims(), first, first + input.rank() - 2);
  if (area == 0) return bad_shape("nothing to average", input.dims());
  const auto output = make_output(context, 0, input.dtype(), dims);
  if (!output) return Error(output.error());
  const std::int64_t channels = dims[channel_axis];
  dispatch(ByteTypes{}, input.dtype(), [&]<class Q>(std::type_identity<Q>) {
    for_each_in_time((*output)->size(), area, [&](std::int64_t i) {
      const Q* const x =
          input.data<Q>().data() + (is_last ? i / channels * channels * area + i % channels : i * area);
      std::int64_t sum = 0;
      for_each_in_time(area, 1,
                       [&](std::int64_t cell) { sum += x[cell * (is_last ? channels : 1)] - from->zero; });
      elements<Q>(*output)[static_cast<std::size_t>(i)] =
          element_of<Q>(*to, static_cast<double>(sum) * from->step / (to->step * static_cast<double>(area)));
    });
  });
  return {};
}

Result<void> qlinear_concat(KernelContext& context) {
  const auto to = result_scale(context, 0, 1);
  if (!to) return Error(to.error());
  if (context.inputs.size() < 5 || context.inputs.size() % 3 != 2 || context.input(2) == nullptr)
    return model::malformed("input-count", "not data, scale and zero point for each part");
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), context.present(2).rank());
  if (!axis) return Error(axis.error());
  const auto dims = concatenated(context, to->dtype, *axis);
  if (!dims) return Error(dims.error());
  const auto output = make_output(context, 0, to->dtype, *dims);
  if (!output) return Error(output.error());
  const auto stride = static_cast<std::size_t>(extent_product(*dims, *axis, dims->size()));
  std::size_t place = 0;
  for (std::size_t i = 2; i < context.inputs.size(); i += 3) {
    const auto from = linear_scale(context, i + 1, i + 2, to->dtype);
    if (!from) return Error(from.error());
    const Tensor& part = context.present(i);
    if (part.size() == 0) continue;
    const auto run = static_cast<std::size_t>(extent_product(part.dims(), *axis, part.rank()));
    dispatch(ByteTypes{}, to->dtype, [&]<class Q>(std::type_identity<Q>) {
      place_rescaled(part.data<Q>(), *from, *to, run, stride, elements<Q>(*output).data() + place);
    });
    place += run;
  }
  return {};
}

Result<void> qlinear_softmax(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto from = linear_scale(context, 1, 2, input.dtype());
  if (!from) return Error(from.error());
  const auto to = linear_scale(context, 3, 4, input.dtype());
  if (!to) return Error(to.error());
  const bool flattens = context.attributes.int_or("opset", 13) < 13;
  const auto axis = resolve_axis(context.attributes.int_or("axis", flattens ? 1 : -1), input.rank());
  if (!axis) return Error(axis.error());
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  if (input.size() == 0) return {};
  const std::size_t end = flattens ? input.rank() : *axis + 1;
  const std::int64_t extent = extent_product(input.dims(), *axis, end);
  const std::int64_t step = extent_product(input.dims(), end, input.rank());
  dispatch(ByteTypes{}, input.dtype(), [&]<class Q>(std::type_identity<Q>) {
    for_each_in_time(input.size() / extent, extent * kOperationsOfPower, [&](std::int64_t line) {
      const std::int64_t first = line / step * step * extent + line % step;
      softmax_line(input.data<Q>().data() + first, elements<Q>(*output).data() + first, extent, step, *from,
                   *to);
    });
  });
  return {};
}

}  // namespace padproof::verifier
