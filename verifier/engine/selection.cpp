// SPDX-License-Identifier: Apache-2.0
// ArgMax, ArgMin, TopK and CumSum: along one axis.
//
// NaN counts as the greatest value. Of equals ArgMax and ArgMin take the first (or, if asked, the last), TopK
// those with the lower index first, sorted whether asked or not. CumSum adds in the direction it runs, from
// +0. Sources: ONNX ArgMax-1/-11/-12/-13, TopK-1/-10/-11/-24, CumSum-11/-14.
#include <algorithm>
#include <numeric>

#include "verifier/engine/extremes.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

template <class T>
bool is_less(T left, T right) {
  if (is_not_a_number(left) || is_not_a_number(right))
    return is_not_a_number(right) && !is_not_a_number(left);
  return left < right;
}

/// Where the lines along an axis are; an axis without elements has no lines.
struct Lines {
  std::int64_t count;
  std::int64_t extent;
  std::int64_t step;

  Lines(const Dims& dims, std::size_t axis)
      : count(dims[axis] == 0 ? 0
                              : extent_product(dims, 0, axis) * extent_product(dims, axis + 1, dims.size())),
        extent(dims[axis]),
        step(extent_product(dims, axis + 1, dims.size())) {}

  /// First element of line `i` in a tensor whose axis has `extent_there` elements.
  [[nodiscard]] std::int64_t first(std::int64_t i, std::int64_t extent_there) const {
    return i / step * step * extent_there + i % step;
  }
};

Result<void> arg_extreme(KernelContext& context, bool greatest) {
  const Tensor& input = context.present(0);
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), input.rank());
  if (!axis) return Error(axis.error());
  Dims dims = input.dims();
  if (dims[*axis] == 0) return bad_shape("axis is empty", dims);
  dims[*axis] = 1;
  if (context.attributes.int_or("keepdims", 1) == 0)
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(*axis));
  const auto output = make_output(context, 0, DataType::kInt64, dims);
  if (!output) return Error(output.error());
  const Lines lines(input.dims(), *axis);
  const bool last = context.attributes.int_or("select_last_index", 0) != 0;
  const bool known = dispatch(NumericTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    for_each_in_time(lines.count, lines.extent, [&](std::int64_t line) {
      const T* const x = input.data<T>().data() + lines.first(line, lines.extent);
      std::int64_t best = 0;
      for_each_in_time(lines.extent - 1, 1, [&](std::int64_t before) {
        const std::int64_t i = before + 1;
        const T candidate = x[i * lines.step];
        const T incumbent = x[best * lines.step];
        const bool wins = greatest ? is_less(incumbent, candidate) : is_less(candidate, incumbent);
        const bool loses = greatest ? is_less(candidate, incumbent) : is_less(incumbent, candidate);
        if (wins || (last && !loses)) best = i;
      });
      elements<std::int64_t>(*output)[static_cast<std::size_t>(line)] = best;
    });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

template <class T>
void take_top(const Tensor& input, const Lines& lines, std::int64_t k, bool largest,
              std::vector<Tensor>& outputs) {
  const auto values = outputs[0].mutable_data<T>();
  const auto indices = outputs[1].mutable_data<std::int64_t>();
  if (lines.count == 0) return;
  std::vector<std::int64_t> order(static_cast<std::size_t>(lines.extent));
  for_each_in_time(lines.count, lines.extent, [&](std::int64_t line) {
    const T* const x = input.data<T>().data() + lines.first(line, lines.extent);
    std::iota(order.begin(), order.end(), 0);
    stable_sort_in_time(order.begin(), order.end(), [&](std::int64_t left, std::int64_t right) {
      return largest ? is_less(x[right * lines.step], x[left * lines.step])
                     : is_less(x[left * lines.step], x[right * lines.step]);
    });
    for_each_in_time(k, 1, [&](std::int64_t i) {
      const auto to = static_cast<std::size_t>(lines.first(line, k) + i * lines.step);
      const std::int64_t from = order[static_cast<std::size_t>(i)];
      values[to] = x[from * lines.step];
      indices[to] = from;
    });
  });
}

Result<std::int64_t> k_of(const KernelContext& context) {
  if (context.opset < 10) return context.attributes.int_or("k", -1);
  if (context.input(1) == nullptr) return model::malformed("missing-input", "k is missing");
  return single_integer(context.present(1));
}

template <class T>
void accumulate(const Tensor& input, const Lines& lines, bool exclusive, bool reverse, Tensor* output) {
  for_each_in_time(lines.count, lines.extent, [&](std::int64_t line) {
    const T* const x = input.data<T>().data() + lines.first(line, lines.extent);
    T* const y = elements<T>(output).data() + lines.first(line, lines.extent);
    T sum = 0;
    for_each_in_time(lines.extent, 1, [&](std::int64_t i) {
      const std::int64_t at = (reverse ? lines.extent - 1 - i : i) * lines.step;
      if (exclusive) y[at] = sum;
      sum = wrapping_sum(sum, x[at]);
      if (!exclusive) y[at] = sum;
    });
  });
}

}  // namespace

Result<void> arg_max(KernelContext& context) { return arg_extreme(context, true); }
Result<void> arg_min(KernelContext& context) { return arg_extreme(context, false); }

Result<void> top_k(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto axis = resolve_axis(context.attributes.int_or("axis", -1), input.rank());
  if (!axis) return Error(axis.error());
  const auto k = k_of(context);
  if (!k) return Error(k.error());
  Dims dims = input.dims();
  if (*k < 0 || *k > dims[*axis])
    return bad_value("number of elements to take", std::to_string(*k), "0 to " + std::to_string(dims[*axis]));
  dims[*axis] = *k;
  if (const auto made = make_output(context, 0, input.dtype(), dims); !made) return Error(made.error());
  if (const auto made = make_output(context, 1, DataType::kInt64, dims); !made) return Error(made.error());
  // Places in order, and as many for sorting them.
  const auto room = make_room(context, 2 * static_cast<double>(input.dims()[*axis]), sizeof(std::int64_t));
  if (!room) return Error(room.error());
  const bool largest = context.attributes.int_or("largest", 1) != 0;
  const bool known = dispatch(NumericTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    take_top<T>(input, Lines(input.dims(), *axis), *k, largest, context.outputs);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

Result<void> cum_sum(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto named = single_integer(context.present(1));
  if (!named) return Error(named.error());
  const auto axis = resolve_axis(*named, input.rank());
  if (!axis) return Error(axis.error());
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const bool exclusive = context.attributes.int_or("exclusive", 0) != 0;
  const bool reverse = context.attributes.int_or("reverse", 0) != 0;
  const bool known = dispatch(NumericTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    accumulate<T>(input, Lines(input.dims(), *axis), exclusive, reverse, *output);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

}  // namespace padproof::verifier
