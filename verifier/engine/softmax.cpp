// SPDX-License-Identifier: Apache-2.0
// Softmax, LogSoftmax and Hardmax.
//
// d = x - max is rounded in the type itself, exp(d) evaluated in double and rounded once, their sum ascends
// from +0 in the type itself. Softmax divides; LogSoftmax subtracts log(sum), evaluated in double and rounded
// once, from d. Hardmax marks the first maximum. Before opset 13 the axes from `axis` (default 1) on are one
// row; later it is the one axis (default -1). Sources: ONNX Softmax-1/-11/-13, LogSoftmax-1/-11/-13,
// Hardmax-1/-11/-13.
#include <cmath>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// A line of `extent` elements `step` apart.
template <class T>
struct Line {
  const T* from;
  T* to;
  std::int64_t extent;
  std::int64_t step;

  [[nodiscard]] std::int64_t first_maximum() const {
    std::int64_t best = 0;
    for_each_cell([&](std::int64_t i) {
      if (from[i * step] > from[best * step]) best = i;
    });
    return best;
  }
  template <class Visit>
  void for_each_cell(Visit&& visit) const {
    for_each_in_time(extent, 1, visit);
  }
  /// x - max at i.
  [[nodiscard]] T below(std::int64_t i, T maximum) const { return from[i * step] - maximum; }
};

template <class T>
T rounded_exp(T x) {
  return static_cast<T>(std::exp(static_cast<double>(x)));
}

template <class Apply>
Result<void> for_each_line(KernelContext& context, Apply apply) {
  const Tensor& input = context.present(0);
  const bool flattens = context.opset < 13;
  const auto axis = resolve_axis(context.attributes.int_or("axis", flattens ? 1 : -1), input.rank());
  if (!axis) return Error(axis.error());
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const std::size_t end = flattens ? input.rank() : *axis + 1;
  const std::int64_t extent = extent_product(input.dims(), *axis, end);
  const std::int64_t step = extent_product(input.dims(), end, input.rank());
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    for_each_in_time(extent > 0 ? input.size() / extent : 0, extent, [&](std::int64_t line) {
      const std::int64_t first = line / step * step * extent + line % step;
      apply(Line<T>{input.data<T>().data() + first, elements<T>(*output).data() + first, extent, step});
    });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

}  // namespace

Result<void> softmax(KernelContext& context) {
  return for_each_line(context, []<class T>(Line<T> line) {
    const T maximum = line.from[line.first_maximum() * line.step];
    T sum = 0;
    line.for_each_cell([&](std::int64_t i) {
      line.to[i * line.step] = rounded_exp(line.below(i, maximum));
      sum += line.to[i * line.step];
    });
    line.for_each_cell([&](std::int64_t i) { line.to[i * line.step] /= sum; });
  });
}

Result<void> log_softmax(KernelContext& context) {
  return for_each_line(context, []<class T>(Line<T> line) {
    const T maximum = line.from[line.first_maximum() * line.step];
    T sum = 0;
    line.for_each_cell([&](std::int64_t i) { sum += rounded_exp(line.below(i, maximum)); });
    const T logarithm = static_cast<T>(std::log(static_cast<double>(sum)));
    line.for_each_cell([&](std::int64_t i) { line.to[i * line.step] = line.below(i, maximum) - logarithm; });
  });
}

Result<void> hardmax(KernelContext& context) {
  return for_each_line(context, []<class T>(Line<T> line) { line.to[line.first_maximum() * line.step] = 1; });
}

}  // namespace padproof::verifier
