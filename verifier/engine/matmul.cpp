// SPDX-License-Identifier: Apache-2.0
// MatMul of floats.
//
// Each output's products are added in ascending order of the inner axis, from +0, fused. Source: ONNX
// MatMul-1/-9/-13.
#include <tbb/parallel_for.h>

#include "verifier/engine/fused.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/matrix_stacks.h"
#include "verifier/engine/simd/product.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// Columns [first, end) of one product of matrices.
template <class T>
void multiply_columns(const MatrixStacks& stacks, const T* left, const T* right, T* output,
                      std::int64_t first, std::int64_t end) {
  Watch watch;
  for (std::int64_t row = 0; row < stacks.rows; ++row)
    for (std::int64_t k = 0; k < stacks.inner; ++k) {
      if (watch.is_over(end - first)) return;
      fused_axpy(left[row * stacks.inner + k], {right + k * stacks.columns + first, 1},
                 {output + row * stacks.columns + first, 1}, end - first);
    }
}

constexpr std::int64_t kColumnsOfTask = 512;

template <class T>
void multiply_pair(const MatrixStacks& stacks, const T* left, const T* right, T* output, bool oracle) {
  if (oracle)
    return for_each_piece_in_time(stacks.columns, kColumnsOfTask, [&](std::int64_t begin, std::int64_t end) {
      multiply_columns(stacks, left, right, output, begin, end);
    });
  tbb::parallel_for(
      tbb::blocked_range<std::int64_t>(0, stacks.columns, kColumnsOfTask),
      [&](const auto& range) { multiply_columns(stacks, left, right, output, range.begin(), range.end()); });
}

// Fewer rows read the right matrix once and in order, if it is aligned: the scalar path is as fast as memory.
constexpr std::int64_t kLeastRowsOfTiles = 3;

/// The fast path, for floats; the right matrices may come at any address. False if it is not for these
/// operands, or does not vouch for the bits.
bool multiply_fast(const KernelContext& context, const MatrixStacks& stacks, Tensor* output) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (context.oracle || left.dtype() != model::DataType::kFloat || stacks.inner == 0) return false;
  if (stacks.rows < kLeastRowsOfTiles && right.is_aligned()) return false;
  const auto* const a = reinterpret_cast<const std::byte*>(left.bytes().data());
  const auto* const b = reinterpret_cast<const std::byte*>(right.bytes().data());
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(float));
  bool good = true;
  stacks.for_each([&](std::int64_t from_left, std::int64_t from_right, std::int64_t to) {
    good = good && simd::multiply({a + from_left * kBytes, stacks.inner, b + from_right * kBytes,
                                   stacks.columns, elements<float>(output).data() + to, stacks.columns,
                                   stacks.rows, stacks.inner, stacks.columns});
  });
  return good;
}

/// As the contract of the bits says: all types, all values.
Result<void> multiply_scalar(const KernelContext& context, const MatrixStacks& stacks, Tensor* output) {
  const Tensor& left = context.present(0);
  const auto right = aligned(context, context.present(1));
  if (!right) return Error(right.error());
  fill_in_time(output->mutable_bytes(), 0, output->bytes().size());
  const bool known = dispatch(FloatTypes{}, left.dtype(), [&]<class T>(std::type_identity<T>) {
    stacks.for_each([&](std::int64_t from_left, std::int64_t from_right, std::int64_t to) {
      multiply_pair(stacks, left.data<T>().data() + from_left, right->data<T>().data() + from_right,
                    elements<T>(output).data() + to, context.oracle);
    });
  });
  if (!known) return type_not_in_engine(context, left.dtype());
  return {};
}

}  // namespace

Result<void> matmul(KernelContext& context) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (auto same = same_types(context, 2); !same) return same;
  const auto stacks = MatrixStacks::of(left.dims(), right.dims());
  if (!stacks) return Error(stacks.error());
  const auto output = make_output(context, 0, left.dtype(), stacks->output, Contents::kAnything);
  if (!output) return Error(output.error());
  if (multiply_fast(context, *stacks, *output)) return {};
  return multiply_scalar(context, *stacks, *output);
}

}  // namespace padproof::verifier
