// SPDX-License-Identifier: Apache-2.0
// GlobalAveragePool, GlobalMaxPool and GlobalLpPool: one value for each channel of [N,C,spatial...].
//
// Cells are taken in row-major order. The average sums from +0 and divides once; the maximum keeps the first
// of equals and passes NaN on; the norm is that of LpPool. Sources: ONNX GlobalAveragePool-1/-22,
// GlobalMaxPool-1/-22, GlobalLpPool-1/-2/-22.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "verifier/engine/extremes.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/norm_power.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// Each plane reduced by `reduce(cells)`; a plane must have cells.
template <class Reduce>
Result<void> reduce_planes(KernelContext& context, Reduce reduce) {
  const Tensor& input = context.present(0);
  if (input.rank() < 2) return bad_shape("data has no channels", input.dims(), "rank 2 or more");
  Dims dims(input.rank(), 1);
  dims[0] = input.dims()[0];
  dims[1] = input.dims()[1];
  const auto output = make_output(context, 0, input.dtype(), dims);
  if (!output) return Error(output.error());
  const std::int64_t plane = extent_product(input.dims(), 2, input.rank());
  if (plane == 0) return bad_shape("channels are empty", input.dims());
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto x = input.data<T>();
    const auto y = elements<T>(*output);
    for_each_in_time(std::ssize(y), plane, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      y[i] = reduce(x.subspan(i * static_cast<std::size_t>(plane), static_cast<std::size_t>(plane)));
    });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

template <class T, class Visit>
void for_each_of_plane(std::span<const T> cells, Visit&& visit) {
  for_each_in_time(std::ssize(cells), 1, [&](std::int64_t i) { visit(cells[static_cast<std::size_t>(i)]); });
}

/// One compiled function, because which NaN a sum of two is depends on the order that the compiler chose.
template <class T>
[[gnu::noinline]] T mean_of(std::span<const T> cells) {
  T sum = 0;
  for_each_of_plane(cells, [&](T cell) { sum += cell; });
  return sum / static_cast<T>(cells.size());
}

// Planes that are summed together: each sum waits for its last term only.
constexpr std::size_t kTogether = 8;

/// Means of `means.size()` planes that follow one another.
void average_together(std::span<const float> cells, std::span<float> means) {
  const std::size_t plane = cells.size() / means.size();
  std::size_t i = 0;
  for (; i + kTogether <= means.size(); i += kTogether) {
    const float* const first = cells.data() + i * plane;
    std::array<float, kTogether> sums{};
    for_each_in_time(static_cast<std::int64_t>(plane), kTogether, [&](std::int64_t cell) {
      for (std::size_t j = 0; j < kTogether; ++j)
        sums[j] += first[j * plane + static_cast<std::size_t>(cell)];
    });
    for (std::size_t j = 0; j < kTogether; ++j) {
      const float mean = sums[j] / static_cast<float>(plane);
      means[i + j] = std::isfinite(mean) ? mean : mean_of(cells.subspan((i + j) * plane, plane));
    }
  }
  for (; i < means.size(); ++i) means[i] = mean_of(cells.subspan(i * plane, plane));
}

/// The fast path of GlobalAveragePool; false if it is not for this input.
Result<bool> average_fast(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (context.oracle || input.dtype() != model::DataType::kFloat || input.rank() < 2 || input.size() == 0)
    return false;
  Dims dims(input.rank(), 1);
  dims[0] = input.dims()[0];
  dims[1] = input.dims()[1];
  const auto output = make_output(context, 0, input.dtype(), dims, Contents::kAnything);
  if (!output) return Error(output.error());
  const auto x = input.data<float>();
  const auto y = elements<float>(*output);
  const std::size_t plane = x.size() / y.size();
  constexpr std::size_t kCellsOfTask = 16384;
  const std::size_t grain = std::max(kTogether, kCellsOfTask / plane);
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, y.size(), grain), [&](const auto& range) {
    average_together(x.subspan(range.begin() * plane, range.size() * plane),
                     y.subspan(range.begin(), range.size()));
  });
  return true;
}

}  // namespace

Result<void> global_average_pool(KernelContext& context) {
  const auto fast = average_fast(context);
  if (!fast) return Error(fast.error());
  if (*fast) return {};
  return reduce_planes(context, []<class T>(std::span<const T> cells) { return mean_of<T>(cells); });
}

Result<void> global_max_pool(KernelContext& context) {
  return reduce_planes(context, []<class T>(std::span<const T> cells) {
    T best = cells.front();
    for_each_of_plane(cells, [&](T cell) {
      if (beats_maximum(cell, best)) best = cell;
    });
    return best;
  });
}

Result<void> global_lp_pool(KernelContext& context) {
  const model::Attribute* const attribute = context.attributes.find("p");
  double p = 2;
  if (attribute != nullptr && attribute->kind == model::AttributeKind::kFloat) p = attribute->f;
  if (attribute != nullptr && attribute->kind == model::AttributeKind::kInt)
    p = static_cast<double>(attribute->i);
  if (!(p > 0)) return bad_value("norm", std::to_string(p), "above 0");
  return reduce_planes(context, [p]<class T>(std::span<const T> cells) {
    T sum = 0;
    for_each_of_plane(cells, [&](T cell) { sum = add_power(sum, cell, p); });
    return root(sum, p);
  });
}

}  // namespace padproof::verifier
