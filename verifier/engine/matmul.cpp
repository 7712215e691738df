// SPDX-License-Identifier: Apache-2.0
// MatMul, MatMulInteger and QLinearMatMul.
//
// Each output's products are added in ascending order of the inner axis, from +0, fused. Integers are
// exact modulo 2^32. Sources: ONNX MatMul-1/-9/-13, MatMulInteger-10, QLinearMatMul-10/-21.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/fused.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/quantized.h"
#include "verifier/engine/simd/product.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Stacks of matrices [rows, inner] and [inner, columns], broadcast together.
struct Products {
  Dims left_stack;
  Dims right_stack;
  Dims stack;
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;
  Dims output;
};

/// As numpy.matmul: a vector on the left is a row, on the right a column, and its axis is dropped from the
/// result.
Result<Products> products_of(const Dims& left, const Dims& right) {
  if (left.empty() || right.empty()) return bad_shape("operand is a scalar", left.empty() ? left : right);
  Products products;
  products.left_stack.assign(left.begin(), left.end() - std::min<std::ptrdiff_t>(2, std::ssize(left)));
  products.right_stack.assign(right.begin(), right.end() - std::min<std::ptrdiff_t>(2, std::ssize(right)));
  if (left.size() > 1) products.rows = left[left.size() - 2];
  if (right.size() > 1) products.columns = right.back();
  products.inner = left.back();
  const std::int64_t other = right.size() > 1 ? right[right.size() - 2] : right[0];
  if (products.inner != other) return bad_shape("inner axes differ", right, std::to_string(products.inner));
  auto stack = broadcast_dims(std::array{products.left_stack, products.right_stack});
  if (!stack) return Error(stack.error());
  products.stack = products.output = std::move(*stack);
  if (left.size() > 1) products.output.push_back(products.rows);
  if (right.size() > 1) products.output.push_back(products.columns);
  return products;
}

/// Calls matrix(left offset, right offset, output offset) for each pair of matrices that gives outputs.
template <class Matrix>
void for_each_matrix(const Products& products, Matrix&& matrix) {
  if (products.rows == 0 || products.columns == 0) return;
  for_each_broadcast<2>(
      products.stack, {products.left_stack, products.right_stack}, [&](std::int64_t i, const auto& at) {
        matrix(at[0] * products.rows * products.inner, at[1] * products.inner * products.columns,
               i * products.rows * products.columns);
      });
}

/// Columns [first, end) of one product of matrices.
template <class T>
void multiply_scalar(const Products& products, const T* left, const T* right, T* output, std::int64_t first,
                     std::int64_t end) {
  for (std::int64_t row = 0; row < products.rows; ++row)
    for (std::int64_t k = 0; k < products.inner; ++k)
      fused_axpy(left[row * products.inner + k], {right + k * products.columns + first, 1},
                 {output + row * products.columns + first, 1}, end - first);
}

// Fewer rows read the right matrix once and in order: the scalar path is as fast as memory.
constexpr std::int64_t kLeastRowsOfTiles = 3;
constexpr std::int64_t kColumnsOfTask = 512;

/// Only the scalar oracle knows all types; the fast path hands over what it does not vouch for.
template <class T>
void multiply_one(const Products& products, const T* left, const T* right, T* output, bool oracle) {
  if constexpr (std::is_same_v<T, float>) {
    if (!oracle && products.rows >= kLeastRowsOfTiles && products.inner > 0) {
      if (simd::multiply({reinterpret_cast<const std::byte*>(left), products.inner, right, products.columns,
                          output, products.columns, products.rows, products.inner, products.columns}))
        return;
      std::fill_n(output, products.rows * products.columns, 0.0F);
    }
  }
  if (oracle) return multiply_scalar(products, left, right, output, 0, products.columns);
  tbb::parallel_for(
      tbb::blocked_range<std::int64_t>(0, products.columns, kColumnsOfTask),
      [&](const auto& range) { multiply_scalar(products, left, right, output, range.begin(), range.end()); });
}

template <class T>
void multiply_floats(const Products& products, const Tensor& left, const Tensor& right, Tensor* output,
                     bool oracle) {
  for_each_matrix(products, [&](std::int64_t from_left, std::int64_t from_right, std::int64_t to) {
    multiply_one(products, left.data<T>().data() + from_left, right.data<T>().data() + from_right,
                 elements<T>(output).data() + to, oracle);
  });
}

void multiply_integers(const Products& products, const Tensor& left, const Tensor& right, Tensor* output) {
  const std::int32_t* const l = left.data<std::int32_t>().data();
  const std::int32_t* const r = right.data<std::int32_t>().data();
  std::int32_t* const y = elements<std::int32_t>(output).data();
  const std::int64_t columns = products.columns;
  for_each_matrix(products, [&](std::int64_t from_left, std::int64_t from_right, std::int64_t to) {
    for (std::int64_t row = 0; row < products.rows; ++row)
      for (std::int64_t k = 0; k < products.inner; ++k)
        for (std::int64_t column = 0; column < columns; ++column) {
          std::int32_t& sum = y[to + row * columns + column];
          sum = wrapping_sum(sum, wrapping_product(l[from_left + row * products.inner + k],
                                                   r[from_right + k * columns + column]));
        }
  });
}

/// Sums of (left - left zero point) * (right - right zero point). A zero point is one value, or one for each
/// row of the left or column of the right matrix.
Result<Tensor> integer_products(const KernelContext& context, const Tensor& left, const Tensor* left_point,
                                const Tensor& right, const Tensor* right_point) {
  const auto products = products_of(left.dims(), right.dims());
  if (!products) return Error(products.error());
  const auto left_points = zero_points(left_point, left, products->rows);
  if (!left_points) return Error(left_points.error());
  const auto right_points = zero_points(right_point, right, products->columns);
  if (!right_points) return Error(right_points.error());
  auto left_centered = centered(context, left, *left_points, products->inner);
  if (!left_centered) return left_centered;
  auto right_centered = centered(context, right, *right_points, 1);
  if (!right_centered) return right_centered;
  auto sums = context.memory.allocate(DataType::kInt32, products->output);
  if (sums) multiply_integers(*products, *left_centered, *right_centered, &*sums);
  return sums;
}

}  // namespace

Result<void> matmul(KernelContext& context) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (auto same = same_types(context, 2); !same) return same;
  const auto products = products_of(left.dims(), right.dims());
  if (!products) return Error(products.error());
  const auto output = make_output(context, 0, left.dtype(), products->output);
  if (!output) return Error(output.error());
  const bool known = dispatch(FloatTypes{}, left.dtype(), [&]<class T>(std::type_identity<T>) {
    multiply_floats<T>(*products, left, right, *output, context.oracle);
  });
  if (!known) return type_not_in_engine(context, left.dtype());
  return {};
}

Result<void> matmul_integer(KernelContext& context) {
  auto sums =
      integer_products(context, context.present(0), context.input(2), context.present(1), context.input(3));
  if (!sums) return Error(sums.error());
  context.outputs[0] = std::move(*sums);
  return {};
}

Result<void> qlinear_matmul(KernelContext& context) {
  const auto left_scale = scales(context.input(1), 1);
  const auto right_scale = scales(context.input(4), 1);
  const auto output_scale = scales(context.input(6), 1);
  for (const auto* scale : {&left_scale, &right_scale, &output_scale})
    if (!*scale) return Error(scale->error());
  const auto point = zero_points(context.input(7), context.present(7), 1);
  if (!point) return Error(point.error());
  const auto sums =
      integer_products(context, context.present(0), context.input(2), context.present(3), context.input(5));
  if (!sums) return Error(sums.error());
  const double multiplier = (*left_scale)[0] * (*right_scale)[0] / (*output_scale)[0];
  return requantize(context, *sums, {multiplier}, *point, 1, context.input(7)->dtype());
}

}  // namespace padproof::verifier
