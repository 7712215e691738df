// SPDX-License-Identifier: Apache-2.0
// The Reduce operators.
//
// Cells are taken in row-major order. Sums start from +0 (squares fused), products from 1; the mean divides
// once. L2 takes the root of the sum; LogSum evaluates log in double and rounds once; LogSumExp adds the
// maximum to the LogSum of exp(x - max), each exp evaluated in double and rounded once. Max and Min keep the
// first of equals and pass NaN on. Sums and products of integers are exact modulo 2^bits; where a mean, root
// or logarithm of them is not an integer it is truncated, which the text leaves open. Nothing to reduce gives
// the neutral element. Sources: ONNX ReduceSum-1/-11/-13 and the others to -18, ReduceMax-1 to -20.
#include <algorithm>
#include <cmath>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/extremes.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/norm_power.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/reduction_steps.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

struct Reduction {
  Dims kept;    // the input's rank, 1 where reduced
  Dims output;  // what the node gives
  std::int64_t count = 1;
};

/// The axes that the node names, by attribute or by input; nothing if it names none.
Result<std::vector<std::int64_t>> named_axes(const KernelContext& context, std::int64_t input_since) {
  if (context.opset < input_since) {
    if (context.input(1) != nullptr)
      return model::malformed("input-count", "axes are an attribute in this version");
    return context.attributes.ints("axes");
  }
  if (context.attributes.has("axes"))
    return model::malformed("attribute-not-in-version", "axes are an input in this version");
  if (context.input(1) == nullptr) return std::vector<std::int64_t>{};
  return integers(context.present(1));
}

Result<Reduction> reduction_of(const KernelContext& context, std::int64_t input_since) {
  const Dims& dims = context.input(0)->dims();
  auto named = named_axes(context, input_since);
  if (!named) return Error(named.error());
  Reduction reduction{dims, {}, 1};
  // "No reduction" still applies what comes before and after the sum: it reduces over no axes.
  if (named->empty() && context.attributes.int_or("noop_with_empty_axes", 0) == 0)
    for (std::size_t i = 0; i < dims.size(); ++i) named->push_back(static_cast<std::int64_t>(i));
  const auto axes = resolve_axes(*named, dims.size());
  if (!axes) return Error(axes.error());
  const bool keep = context.attributes.int_or("keepdims", 1) != 0;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool is_reduced = std::binary_search(axes->begin(), axes->end(), i);
    if (is_reduced) reduction.count *= dims[i];
    if (is_reduced) reduction.kept[i] = 1;
    if (!is_reduced || keep) reduction.output.push_back(reduction.kept[i]);
  }
  return reduction;
}

/// Folds every cell of the input into its result: acc = step(acc, x), from `start`.
template <class T, class Step>
void fold(const Tensor& input, const Reduction& reduction, T start, Tensor* output, Step step) {
  const auto results = elements<T>(output);
  for_each_in_time(output->size(), 1, [&](std::int64_t i) { results[static_cast<std::size_t>(i)] = start; });
  const auto cells = input.data<T>();
  for_each_broadcast<1>(input.dims(), {reduction.kept}, [&](std::int64_t i, const auto& at) {
    T& result = results[static_cast<std::size_t>(at[0])];
    result = step(result, cells[static_cast<std::size_t>(i)], static_cast<std::size_t>(at[0]));
  });
}

/// How a reduction goes on: `run(type, reduction, output)` for the element type.
template <class Types, class Apply>
Result<void> reduce(KernelContext& context, std::int64_t input_since, Types types, Apply apply) {
  const Tensor& input = context.present(0);
  const auto reduction = reduction_of(context, input_since);
  if (!reduction) return Error(reduction.error());
  const auto output = make_output(context, 0, input.dtype(), reduction->output);
  if (!output) return Error(output.error());
  const bool known = dispatch(types, input.dtype(),
                              [&]<class T>(std::type_identity<T> type) { apply(type, *reduction, *output); });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

template <class T, class Finish>
void for_each_result(Tensor* output, Finish finish) {
  const auto results = elements<T>(output);
  for_each_in_time(output->size(), 1, [&](std::int64_t i) { finish(results[static_cast<std::size_t>(i)]); });
}

template <class T>
T plus_square(T sum, T value) {
  if constexpr (std::is_integral_v<T>)
    return wrapping_sum(sum, wrapping_product(value, value));
  else
    return std::fma(value, value, sum);
}

template <class T>
T magnitude(T value) {
  if constexpr (std::is_unsigned_v<T>)
    return value;
  else if constexpr (std::is_integral_v<T>)
    return value < 0 ? wrapping_product<T>(value, -1) : value;
  else
    return std::fabs(value);
}

template <class T>
void fold_maximum(const Tensor& input, const Reduction& reduction, Tensor* output) {
  fold<T>(input, reduction, least_value<T>(), output,
          [](T best, T x, std::size_t) { return beats_maximum(x, best) ? x : best; });
}

/// log of each element, evaluated in double.
template <class T>
void take_logarithms(Tensor* output) {
  for_each_result<T>(output, [](T& value) { value = narrowed_to<T>(std::log(static_cast<double>(value))); });
}

/// In double, of integers: their differences from the maximum may leave the type.
template <class T>
void log_sum_exp_of_integers(const Tensor& input, const Reduction& reduction, const Tensor& maxima,
                             Tensor* output) {
  const auto maximum = maxima.data<T>();
  std::vector<double> sums(maximum.size());
  const auto cells = input.data<T>();
  for_each_broadcast<1>(input.dims(), {reduction.kept}, [&](std::int64_t i, const auto& at) {
    const auto to = static_cast<std::size_t>(at[0]);
    sums[to] +=
        std::exp(static_cast<double>(cells[static_cast<std::size_t>(i)]) - static_cast<double>(maximum[to]));
  });
  const auto results = elements<T>(output);
  for_each_in_time(output->size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    results[i] = narrowed_to<T>(std::log(sums[i]) + static_cast<double>(maximum[i]));
  });
}

template <class T>
void log_sum_exp(const Tensor& input, const Reduction& reduction, const Tensor& maxima, Tensor* output) {
  if constexpr (std::is_integral_v<T>) {
    log_sum_exp_of_integers<T>(input, reduction, maxima, output);
    return;
  } else {
    const auto maximum = maxima.data<T>();
    fold<T>(input, reduction, T{0}, output, [&](T sum, T x, std::size_t at) {
      return sum + static_cast<T>(std::exp(static_cast<double>(x - maximum[at])));
    });
    take_logarithms<T>(output);
    const auto results = elements<T>(output);
    for_each_in_time(output->size(), 1, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      // An infinite or NaN maximum is the result itself; its difference would be NaN.
      results[i] = std::isfinite(maximum[i]) ? results[i] + maximum[i] : maximum[i];
    });
  }
}

}  // namespace

Result<void> reduce_sum(KernelContext& context) {
  return reduce(context, 13, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{0}, output,
                          [](T sum, T x, std::size_t) { return wrapping_sum(sum, x); });
                });
}

Result<void> reduce_mean(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{0}, output,
                          [](T sum, T x, std::size_t) { return wrapping_sum(sum, x); });
                  for_each_result<T>(output, [&](T& value) { divide_by_count(value, reduction.count); });
                });
}

Result<void> reduce_product(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{1}, output,
                          [](T product, T x, std::size_t) { return wrapping_product(product, x); });
                });
}

Result<void> reduce_maximum(KernelContext& context) {
  return reduce(context, 18, AllTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold_maximum<T>(context.present(0), reduction, output);
                });
}

Result<void> reduce_minimum(KernelContext& context) {
  const bool is_bool = context.input(0)->dtype() == DataType::kBool;
  return reduce(context, 18, AllTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, is_bool ? T{1} : greatest_value<T>(), output,
                          [](T best, T x, std::size_t) { return beats_minimum(x, best) ? x : best; });
                });
}

Result<void> reduce_l1(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{0}, output,
                          [](T sum, T x, std::size_t) { return wrapping_sum(sum, magnitude(x)); });
                });
}

Result<void> reduce_l2(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{0}, output,
                          [](T sum, T x, std::size_t) { return plus_square(sum, x); });
                  for_each_result<T>(output, [](T& value) { take_root(value); });
                });
}

Result<void> reduce_sum_square(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{0}, output,
                          [](T sum, T x, std::size_t) { return plus_square(sum, x); });
                });
}

Result<void> reduce_log_sum(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  fold<T>(context.present(0), reduction, T{0}, output,
                          [](T sum, T x, std::size_t) { return wrapping_sum(sum, x); });
                  take_logarithms<T>(output);
                });
}

Result<void> reduce_log_sum_exp(KernelContext& context) {
  return reduce(context, 18, NumericTypes{},
                [&]<class T>(std::type_identity<T>, const Reduction& reduction, Tensor* output) {
                  Tensor maxima(output->dtype(), output->dims());
                  fold_maximum<T>(context.present(0), reduction, &maxima);
                  log_sum_exp<T>(context.present(0), reduction, maxima, output);
                });
}

}  // namespace padproof::verifier
