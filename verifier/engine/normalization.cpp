// SPDX-License-Identifier: Apache-2.0
// InstanceNormalization, GroupNormalization, LayerNormalization, LpNormalization and LRN.
//
// Instance and group: moments of each channel or group of an image, then as BatchNormalization. Layer: the
// difference from the mean times the reciprocal of sqrt(variance + epsilon), times scale, plus bias, every
// step rounded. LpNormalization divides by the norm of norm_power.h, 0 where the norm is 0. LRN sums fused
// squares over ascending channels; the rest is evaluated in double and rounded once. Sources: ONNX
// InstanceNormalization-1/-6/-22, GroupNormalization-18/-21, LayerNormalization-17, LpNormalization-1/-22,
// LRN-1/-13.
#include <algorithm>
#include <array>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/moments.h"
#include "verifier/engine/norm_power.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// Runs of `group` channels of one image are normalised together; scale and bias have an element for each
/// channel, or, with `by_group`, for each group.
struct Grouping {
  std::int64_t group = 1;
  bool by_group = false;
};

template <class T>
Result<void> normalize_groups(KernelContext& context, Grouping grouping) {
  const Tensor& input = context.present(0);
  const std::int64_t channels = input.dims()[1];
  const std::int64_t plane = extent_product(input.dims(), 2, input.rank());
  const std::int64_t cells = grouping.group * plane;
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const T* const x = input.data<T>().data();
  T* const y = elements<T>(*output).data();
  const float epsilon = context.attributes.float_or("epsilon", 1e-5F);
  for (std::int64_t first = 0; first < input.size() && !is_cut_off(); first += cells) {
    const auto moments = moments_of<T>(cells, [&](std::int64_t i) { return x[first + i]; });
    for_each_in_time(cells, kOperationsOfPlace, [&](std::int64_t i) {
      const std::int64_t channel = (first + i) / plane % channels;
      const auto at = static_cast<std::size_t>(grouping.by_group ? channel / grouping.group : channel);
      const Normalizer<T> normalize(moments, epsilon, context.input(1)->data<T>()[at],
                                    context.input(2)->data<T>()[at]);
      y[first + i] = normalize(x[first + i]);
    });
  }
  return {};
}

Result<void> normalize(KernelContext& context, Grouping grouping) {
  const Tensor& input = context.present(0);
  const std::int64_t expected = input.dims()[1] / (grouping.by_group ? grouping.group : 1);
  for (std::size_t i = 1; i < 3; ++i)
    if (context.input(i)->dims() != Dims{expected})
      return bad_shape("scale or bias does not fit the channels", context.input(i)->dims(),
                       std::to_string(expected));
  if (auto same = same_types(context, 3); !same) return same;
  Result<void> done;
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    done = normalize_groups<T>(context, grouping);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return done;
}

Result<void> check_channels(const Tensor& input) {
  if (input.rank() < 2) return bad_shape("data has no channels", input.dims(), "rank 2 or more");
  return {};
}

struct LayerShape {
  std::int64_t rows;
  std::int64_t cells;
  Dims row_dims;
};

template <class T>
Result<void> normalize_layers(KernelContext& context, const LayerShape& shape) {
  const Tensor& input = context.present(0);
  std::array<Tensor*, 3> made{};
  const std::array<Dims, 3> dims{input.dims(), shape.row_dims, shape.row_dims};
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto dtype = i == 0 ? input.dtype() : model::DataType::kFloat;
    const auto output = make_output(context, i, dtype, dims[i]);
    if (!output) return Error(output.error());
    made[i] = *output;
  }
  const T* const x = input.data<T>().data();
  T* const y = elements<T>(made[0]).data();
  const float epsilon = context.attributes.float_or("epsilon", 1e-5F);
  for (std::int64_t row = 0; row < shape.rows && shape.cells > 0 && !is_cut_off(); ++row) {
    const std::int64_t first = row * shape.cells;
    const auto cell = [&](std::int64_t i) { return static_cast<float>(x[first + i]); };
    const auto moments = moments_of<float>(shape.cells, cell);
    const float inverse = 1.0F / std::sqrt(moments.variance + epsilon);
    for_each_in_time(shape.cells, 1, [&](std::int64_t i) {
      y[first + i] = static_cast<T>((cell(i) - moments.mean) * inverse);
    });
    elements<float>(made[1])[static_cast<std::size_t>(row)] = moments.mean;
    elements<float>(made[2])[static_cast<std::size_t>(row)] = inverse;
  }
  const Tensor& scale = context.present(1);
  for_each_broadcast<1>(input.dims(), {scale.dims()}, [&](std::int64_t i, const auto& at) {
    y[i] *= scale.data<T>()[static_cast<std::size_t>(at[0])];
  });
  const Tensor* const bias = context.input(2);
  if (bias == nullptr) return {};
  for_each_broadcast<1>(input.dims(), {bias->dims()}, [&](std::int64_t i, const auto& at) {
    y[i] += bias->data<T>()[static_cast<std::size_t>(at[0])];
  });
  return {};
}

template <class T>
void lp_normalize(const Tensor& input, std::size_t axis, double p, Tensor* output) {
  const T* const x = input.data<T>().data();
  T* const y = elements<T>(output).data();
  const std::int64_t extent = input.dims()[axis];
  const std::int64_t step = extent_product(input.dims(), axis + 1, input.rank());
  const std::int64_t lines = extent > 0 ? input.size() / extent : 0;
  for_each_in_time(lines, extent, [&](std::int64_t line) {
    const std::int64_t first = line / step * step * extent + line % step;
    T sum = 0;
    for_each_in_time(extent, 1, [&](std::int64_t i) { sum = add_power(sum, x[first + i * step], p); });
    const T norm = root(sum, p);
    for_each_in_time(extent, 1, [&](std::int64_t i) {
      y[first + i * step] = norm == T{0} ? T{0} : x[first + i * step] / norm;
    });
  });
}

struct Lrn {
  std::int64_t size;
  double alpha;
  double beta;
  double bias;
};

template <class T>
void respond_locally(const Tensor& input, const Lrn& lrn, Tensor* output) {
  const T* const x = input.data<T>().data();
  T* const y = elements<T>(output).data();
  const std::int64_t channels = input.dims()[1];
  const std::int64_t plane = extent_product(input.dims(), 2, input.rank());
  const std::int64_t most_summed = std::min(lrn.size, channels);
  for_each_in_time(input.size(), most_summed + kOperationsOfPlace, [&](std::int64_t i) {
    const std::int64_t c = i / plane % channels;
    const std::int64_t first = std::max<std::int64_t>(0, c - (lrn.size - 1) / 2);
    const std::int64_t last = lrn.size / 2 > channels - 1 - c ? channels - 1 : c + lrn.size / 2;
    T squares = 0;
    for_each_in_time(last - first + 1, 1, [&](std::int64_t k) {
      const T neighbour = x[i + (first + k - c) * plane];
      squares = std::fma(neighbour, neighbour, squares);
    });
    const double base = lrn.bias + lrn.alpha / static_cast<double>(lrn.size) * static_cast<double>(squares);
    y[i] = static_cast<T>(static_cast<double>(x[i]) / std::pow(base, lrn.beta));
  });
}

}  // namespace

Result<void> instance_normalization(KernelContext& context) {
  if (auto checked = check_channels(context.present(0)); !checked) return checked;
  return normalize(context, {1, false});
}

Result<void> group_normalization(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (auto checked = check_channels(input); !checked) return checked;
  const std::int64_t groups = context.attributes.int_or("num_groups", 0);
  if (groups < 1 || input.dims()[1] < 1 || input.dims()[1] % groups != 0)
    return bad_value("number of groups", std::to_string(groups), "a divisor of the channels");
  if (context.attributes.int_or("stash_type", 1) != 1)
    return unsupported_in_engine(context, "stash_type", "");
  return normalize(context, {input.dims()[1] / groups, context.opset < 21});
}

Result<void> layer_normalization(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (context.attributes.int_or("stash_type", 1) != 1)
    return unsupported_in_engine(context, "stash_type", "");
  if (auto same = same_types(context, 3); !same) return same;
  const auto axis = resolve_axis(context.attributes.int_or("axis", -1), input.rank());
  if (!axis) return Error(axis.error());
  for (std::size_t i = 1; i < 3; ++i) {
    if (context.input(i) == nullptr) continue;
    const auto common = broadcast_dims(std::array{input.dims(), context.input(i)->dims()});
    if (!common) return Error(common.error());
    if (*common != input.dims())
      return bad_shape("scale or bias does not fit the data", context.input(i)->dims());
  }
  LayerShape shape{extent_product(input.dims(), 0, *axis), extent_product(input.dims(), *axis, input.rank()),
                   input.dims()};
  std::fill(shape.row_dims.begin() + static_cast<std::ptrdiff_t>(*axis), shape.row_dims.end(), 1);
  Result<void> done;
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    done = normalize_layers<T>(context, shape);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return done;
}

Result<void> lp_normalization(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto axis = resolve_axis(context.attributes.int_or("axis", -1), input.rank());
  if (!axis) return Error(axis.error());
  const std::int64_t p = context.attributes.int_or("p", 2);
  if (p != 1 && p != 2) return bad_value("norm", std::to_string(p), "1 or 2");
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    lp_normalize<T>(input, *axis, static_cast<double>(p), *output);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

Result<void> lrn(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (auto checked = check_channels(input); !checked) return checked;
  const Lrn lrn{context.attributes.int_or("size", 0), context.attributes.float_or("alpha", 1e-4F),
                context.attributes.float_or("beta", 0.75F), context.attributes.float_or("bias", 1.0F)};
  if (lrn.size < 1) return bad_value("number of channels to sum over", std::to_string(lrn.size), "1 or more");
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    respond_locally<T>(input, lrn, *output);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

}  // namespace padproof::verifier
