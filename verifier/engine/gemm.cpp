// SPDX-License-Identifier: Apache-2.0
// Gemm: alpha * A * B + beta * C.
//
// Each element's products are added in ascending order of the inner axis, from +0, fused; that sum is scaled
// by alpha and beta*C is added, every step rounded. Sources: ONNX Gemm-1/-6/-7/-9/-11/-13.
#include <array>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/fused.h"
#include "verifier/engine/gemm_operands.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/simd/aligned_floats.h"
#include "verifier/engine/simd/product.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

template <class T>
void multiply_scalar(const GemmMatrix& left, const GemmMatrix& right, const T* a, const T* b, T* y) {
  Watch watch;
  for (std::int64_t row = 0; row < left.rows; ++row)
    for (std::int64_t column = 0; column < right.columns; ++column) {
      if (watch.is_over(left.columns + 1)) return;
      const T* const x = a + row * left.row_step;
      const T* const z = b + column * right.column_step;
      T sum = 0;
      for_each_piece_in_time(left.columns, kOperationsAtOnce, [&](std::int64_t begin, std::int64_t end) {
        sum = fused_dot(sum, {x + begin * left.column_step, left.column_step},
                        {z + begin * right.row_step, right.row_step}, end - begin);
      });
      y[row * right.columns + column] = sum;
    }
}

/// A's transpose with the rows as neighbours, whatever transA says.
void lay_out(const GemmMatrix& left, const float* a, float* out) {
  for_each_in_time(left.columns, left.rows, [&](std::int64_t k) {
    for (std::int64_t row = 0; row < left.rows; ++row)
      out[k * left.rows + row] = a[row * left.row_step + k * left.column_step];
  });
}

/// The fast path, for weights as frameworks store them: B is [N,K], its rows are multiplied with the columns
/// of A's transpose. False if the matrices lie otherwise, or the bits are not vouched for.
bool multiply_fast(const GemmMatrix& left, const GemmMatrix& right, const float* a, const std::byte* b,
                   float* y) {
  if (right.row_step != 1 || left.columns == 0 || left.rows == 0 || right.columns == 0) return false;
  const simd::AlignedFloats cells(left.columns * left.rows);
  lay_out(left, a, cells.data());
  const simd::AlignedFloats transposed(right.columns * left.rows);
  if (!simd::multiply({b, right.column_step, reinterpret_cast<const std::byte*>(cells.data()), left.rows,
                       transposed.data(), left.rows, right.columns, left.columns, left.rows}))
    return false;
  for_each_in_time(left.rows, right.columns, [&](std::int64_t row) {
    for (std::int64_t column = 0; column < right.columns; ++column)
      y[row * right.columns + column] = transposed.data()[column * left.rows + row];
  });
  return true;
}

template <class T>
Result<void> gemm_as(const KernelContext& context, const GemmOperands& operands, const Dims& addend_dims,
                     Tensor* output) {
  const auto& [left, right] = operands;
  const T* const a = context.input(0)->data<T>().data();
  T* const y = elements<T>(output).data();
  bool is_done = false;
  if constexpr (std::is_same_v<T, float>)
    is_done = !context.oracle &&
              multiply_fast(left, right, a,
                            reinterpret_cast<const std::byte*>(context.present(1).bytes().data()), y);
  if (!is_done) {
    const auto b = aligned(context, context.present(1));
    if (!b) return Error(b.error());
    multiply_scalar(left, right, a, b->data<T>().data(), y);
  }
  const T alpha = static_cast<T>(context.attributes.float_or("alpha", 1.0F));
  if (alpha != T{1}) for_each_in_time(output->size(), 1, [&](std::int64_t i) { y[i] *= alpha; });
  if (context.input(2) == nullptr) return {};
  const T beta = static_cast<T>(context.attributes.float_or("beta", 1.0F));
  const auto addend = context.input(2)->data<T>();
  for_each_broadcast<1>(output->dims(), {addend_dims}, [&](std::int64_t i, const auto& at) {
    y[i] += beta * addend[static_cast<std::size_t>(at[0])];
  });
  return {};
}

/// Dims of C as it is added: from opset 7 on it broadcasts one way.
Result<Dims> addend_dims(const KernelContext& context, const Dims& result) {
  const Tensor* const addend = context.input(2);
  if (addend == nullptr) return Dims{};
  auto aligned = legacy_aligned(context, result, addend->dims());
  if (!aligned) return aligned;
  auto common = broadcast_dims(std::array{result, *aligned});
  if (!common) return common;
  if (*common != result) return bad_shape("C does not fit the product", addend->dims(), to_string(result));
  return aligned;
}

}  // namespace

Result<void> gemm(KernelContext& context) {
  if (auto same = same_types(context, 3); !same) return same;
  const auto operands = gemm_operands(context, 0, 1);
  if (!operands) return Error(operands.error());
  const Dims dims = operands->product();
  const auto addend = addend_dims(context, dims);
  if (!addend) return Error(addend.error());
  const DataType dtype = context.present(0).dtype();
  const auto output = make_output(context, 0, dtype, dims);
  if (!output) return Error(output.error());
  Result<void> done;
  const bool known = dispatch(FloatTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    done = gemm_as<T>(context, *operands, *addend, *output);
  });
  if (!known) return type_not_in_engine(context, dtype);
  return done;
}

}  // namespace padproof::verifier
