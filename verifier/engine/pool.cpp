// SPDX-License-Identifier: Apache-2.0
// MaxPool, AveragePool and LpPool.
//
// MaxPool: taps in row-major order; a later one wins only if it is greater, or if it is NaN and the best so
// far is not, so NaN is passed on and Indices name the first of equals. Padding is never a candidate; a
// window without candidates gives the type's least value (-inf) and has no index. AveragePool: sum of the
// taps in ascending order from +0, then one division by the count. LpPool: p=1 sums |x|; p=2 sums fused
// squares and takes the root; otherwise each |x|^p and the root are evaluated in double and rounded once.
// Sums ascend from +0. Sources: ONNX MaxPool-1/-8/-10/-11/-12/-22, AveragePool-1/-7/-10/-11/-19/-22,
// LpPool-1/-2/-11/-18/-22.
#include <cmath>

#include "verifier/engine/extremes.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/norm_power.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/pool_windows.h"
#include "verifier/engine/simd/planes.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Calls cell(plane, output index, PoolCell) for every output of every plane.
template <class Cell>
void for_each_cell(const Pooling& pooling, Cell&& cell) {
  Watch watch;
  for (std::int64_t plane = 0; plane < pooling.planes; ++plane) {
    PoolCell at(pooling.window);
    for (std::int64_t i = 0; i < pooling.out_plane; ++i, at.advance()) {
      if (watch.is_over(kOperationsOfPlace)) return;
      cell(plane, static_cast<std::size_t>(plane * pooling.out_plane + i), at);
    }
  }
}

/// Row-major offset of a plane's cell to its offset counted with the first axis running fastest.
std::int64_t column_major(const Window& window, std::int64_t offset) {
  std::int64_t result = 0;
  std::int64_t size = 1;
  for (const WindowAxis& axis : window.axes) size *= axis.in;
  for (std::size_t i = window.axes.size(); i-- > 0;) {
    const std::int64_t extent = window.axes[i].in;
    size /= extent;
    result += offset % extent * size;
    offset /= extent;
  }
  return result;
}

constexpr std::int64_t kNoPosition = -1;

template <class T>
bool pool_max(const Pooling& pooling, const Tensor& data, Tensor* output, Tensor* indices) {
  const auto x = data.data<T>();
  const auto y = elements<T>(output);
  bool complete = true;
  for_each_cell(pooling, [&](std::int64_t plane, std::size_t out, const PoolCell& cell) {
    const T* const from = x.data() + plane * pooling.in_plane;
    T best = least_value<T>();
    std::int64_t where = kNoPosition;
    cell.for_each_position([&](std::int64_t position) {
      if (where != kNoPosition && !beats_maximum(from[position], best)) return;
      best = from[position];
      where = position;
    });
    y[out] = best;
    complete = complete && where != kNoPosition;
    if (indices == nullptr || where == kNoPosition) return;
    const bool column = pooling.window.storage_order == 1;
    elements<std::int64_t>(indices)[out] =
        plane * pooling.in_plane + (column ? column_major(pooling.window, where) : where);
  });
  return complete;
}

template <class T>
bool pool_average(const Pooling& pooling, const Tensor& data, Tensor* output) {
  const auto x = data.data<T>();
  const auto y = elements<T>(output);
  bool complete = true;
  for_each_cell(pooling, [&](std::int64_t plane, std::size_t out, const PoolCell& cell) {
    const T* const from = x.data() + plane * pooling.in_plane;
    T sum = 0;
    cell.for_each_position([&](std::int64_t position) { sum += from[position]; });
    const std::int64_t divisor = cell.divisor();
    complete = complete && divisor > 0;
    y[out] = sum / static_cast<T>(divisor);
  });
  return complete;
}

template <class T>
void pool_norm(const Pooling& pooling, const Tensor& data, Tensor* output) {
  const auto x = data.data<T>();
  const auto y = elements<T>(output);
  const auto p = static_cast<double>(pooling.window.p);
  for_each_cell(pooling, [&](std::int64_t plane, std::size_t out, const PoolCell& cell) {
    const T* const from = x.data() + plane * pooling.in_plane;
    T sum = 0;
    cell.for_each_position([&](std::int64_t position) { sum = add_power(sum, from[position], p); });
    y[out] = root(sum, p);
  });
}

/// The fast path of floats; false if it is not for this pooling.
bool pool_fast(const KernelContext& context, const Pooling& pooling, Tensor* output) {
  const Tensor& data = context.present(0);
  if (context.oracle || data.dtype() != DataType::kFloat || output->size() == 0 || data.size() == 0 ||
      !simd::can_slide(pooling.window))
    return false;
  const simd::Planes planes{data.data<float>().data(), elements<float>(output).data(), pooling.planes};
  if (pooling.window.kind == WindowKind::kAveragePool) return simd::slide_average(pooling.window, planes);
  simd::slide_max(pooling.window, planes);
  return true;
}

}  // namespace

Result<void> max_pool(KernelContext& context) {
  const Tensor& data = context.present(0);
  const auto pooling = pooling_of(context, data);
  if (!pooling) return Error(pooling.error());
  const auto output = make_output(context, 0, data.dtype(), pooling->output, Contents::kAnything);
  if (!output) return Error(output.error());
  Tensor* indices = nullptr;
  if (context.wants(1)) {
    const auto made = make_output(context, 1, DataType::kInt64, pooling->output);
    if (!made) return Error(made.error());
    indices = *made;
  }
  if (indices == nullptr && pool_fast(context, *pooling, *output)) return {};
  bool complete = true;
  const bool known = dispatch(NumericTypes{}, data.dtype(), [&]<class T>(std::type_identity<T>) {
    complete = pool_max<T>(*pooling, data, *output, indices);
  });
  if (!known) return type_not_in_engine(context, data.dtype());
  if (!complete && indices != nullptr)
    return unsupported_in_engine(context, "Indices of a window that covers only padding", "");
  return {};
}

Result<void> average_pool(KernelContext& context) {
  const Tensor& data = context.present(0);
  const auto pooling = pooling_of(context, data);
  if (!pooling) return Error(pooling.error());
  const auto output = make_output(context, 0, data.dtype(), pooling->output, Contents::kAnything);
  if (!output) return Error(output.error());
  if (pool_fast(context, *pooling, *output)) return {};
  bool complete = true;
  const bool known = dispatch(FloatTypes{}, data.dtype(), [&]<class T>(std::type_identity<T>) {
    complete = pool_average<T>(*pooling, data, *output);
  });
  if (!known) return type_not_in_engine(context, data.dtype());
  if (!complete) return unsupported_in_engine(context, "average over a window that covers only padding", "");
  return {};
}

Result<void> lp_pool(KernelContext& context) {
  const Tensor& data = context.present(0);
  const auto pooling = pooling_of(context, data);
  if (!pooling) return Error(pooling.error());
  const auto output = make_output(context, 0, data.dtype(), pooling->output, Contents::kAnything);
  if (!output) return Error(output.error());
  const bool known = dispatch(FloatTypes{}, data.dtype(),
                              [&]<class T>(std::type_identity<T>) { pool_norm<T>(*pooling, data, *output); });
  if (!known) return type_not_in_engine(context, data.dtype());
  return {};
}

}  // namespace padproof::verifier
