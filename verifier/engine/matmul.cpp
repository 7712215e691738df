// SPDX-License-Identifier: Apache-2.0
// MatMul, Gemm, MatMulInteger and QLinearMatMul.
//
// Each output's products are added in ascending order of the inner axis, from +0, fused. Gemm scales that sum
// by alpha and adds beta*C, every step rounded. Integers are exact modulo 2^32. Sources: ONNX
// MatMul-1/-9/-13, Gemm-1/-6/-7/-9/-11/-13, MatMulInteger-10, QLinearMatMul-10/-21.
#include <algorithm>
#include <array>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/fused.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/quantized.h"
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

template <class T>
void multiply_floats(const Products& products, const Tensor& left, const Tensor& right, Tensor* output) {
  const std::int64_t columns = products.columns;
  for_each_matrix(products, [&](std::int64_t from_left, std::int64_t from_right, std::int64_t to) {
    for (std::int64_t row = 0; row < products.rows; ++row)
      for (std::int64_t k = 0; k < products.inner; ++k)
        fused_axpy(left.data<T>()[static_cast<std::size_t>(from_left + row * products.inner + k)],
                   {right.data<T>().data() + from_right + k * columns, 1},
                   {elements<T>(output).data() + to + row * columns, 1}, columns);
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

/// The matrices of Gemm before they are multiplied: element (row, column) is at row*row_step +
/// column*column_step.
struct GemmMatrix {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t row_step;
  std::int64_t column_step;

  GemmMatrix(const Dims& dims, bool transposed)
      : rows(dims[transposed ? 1 : 0]),
        columns(dims[transposed ? 0 : 1]),
        row_step(transposed ? 1 : dims[1]),
        column_step(transposed ? dims[1] : 1) {}
};

template <class T>
void gemm_as(const KernelContext& context, const GemmMatrix& left, const GemmMatrix& right,
             const Dims& addend_dims, Tensor* output) {
  const T* const a = context.input(0)->data<T>().data();
  const T* const b = context.input(1)->data<T>().data();
  T* const y = elements<T>(output).data();
  for (std::int64_t row = 0; row < left.rows; ++row)
    for (std::int64_t column = 0; column < right.columns; ++column)
      y[row * right.columns + column] =
          fused_dot(T{0}, {a + row * left.row_step, left.column_step},
                    {b + column * right.column_step, right.row_step}, left.columns);
  const T alpha = static_cast<T>(context.attributes.float_or("alpha", 1.0F));
  for (std::int64_t i = 0; alpha != T{1} && i < output->size(); ++i) y[i] *= alpha;
  if (context.input(2) == nullptr) return;
  const T beta = static_cast<T>(context.attributes.float_or("beta", 1.0F));
  const auto addend = context.input(2)->data<T>();
  for_each_broadcast<1>(output->dims(), {addend_dims}, [&](std::int64_t i, const auto& at) {
    y[i] += beta * addend[static_cast<std::size_t>(at[0])];
  });
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

Result<void> matmul(KernelContext& context) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (auto same = same_types(context, 2); !same) return same;
  const auto products = products_of(left.dims(), right.dims());
  if (!products) return Error(products.error());
  const auto output = make_output(context, 0, left.dtype(), products->output);
  if (!output) return Error(output.error());
  const bool known = dispatch(FloatTypes{}, left.dtype(), [&]<class T>(std::type_identity<T>) {
    multiply_floats<T>(*products, left, right, *output);
  });
  if (!known) return type_not_in_engine(context, left.dtype());
  return {};
}

Result<void> gemm(KernelContext& context) {
  const Tensor& a = context.present(0);
  const Tensor& b = context.present(1);
  if (auto same = same_types(context, 3); !same) return same;
  if (a.rank() != 2 || b.rank() != 2)
    return bad_shape("operand is not a matrix", a.rank() != 2 ? a.dims() : b.dims());
  const GemmMatrix left(a.dims(), context.attributes.int_or("transA", 0) != 0);
  const GemmMatrix right(b.dims(), context.attributes.int_or("transB", 0) != 0);
  if (left.columns != right.rows)
    return bad_shape("inner axes differ", b.dims(), std::to_string(left.columns));
  const Dims dims{left.rows, right.columns};
  const auto addend = addend_dims(context, dims);
  if (!addend) return Error(addend.error());
  const auto output = make_output(context, 0, a.dtype(), dims);
  if (!output) return Error(output.error());
  const bool known = dispatch(FloatTypes{}, a.dtype(), [&]<class T>(std::type_identity<T>) {
    gemm_as<T>(context, left, right, *addend, *output);
  });
  if (!known) return type_not_in_engine(context, a.dtype());
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
