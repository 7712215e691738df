// SPDX-License-Identifier: Apache-2.0
// Matrix products: MatMul as numpy defines it, Gemm, and their quantised and fused relatives; Det.
#include <limits>
#include <utility>

#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

struct Product {
  std::size_t left = 0;
  std::size_t right = 1;
  DataType dtype = DataType::kUndefined;
};

Result<void> check_inner(const Extent& left, const Extent& right) {
  const auto inner = unify(left, right, "the inner extents of a matrix product");
  return inner ? Result<void>() : Error(inner.error());
}

void swap_last_two(Shape& shape) {
  if (shape.size() >= 2) std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
}

/// A vector stands for a row on the left and for a column on the right, and leaves no axis in the result.
Result<void> multiply_matrices(RuleContext& context, const Product& product, bool transpose_left,
                               bool transpose_right) {
  for (const std::size_t input : {product.left, product.right}) {
    if (context.shape(input) == nullptr) return give_up(context, 0, product.dtype, input);
  }
  Shape left = *context.shape(product.left);
  Shape right = *context.shape(product.right);
  if (left.empty() || right.empty()) {
    return malformed("rank", "a matrix product has no scalar operands", "rank 0", "rank >= 1");
  }
  if (transpose_left) swap_last_two(left);
  if (transpose_right) swap_last_two(right);
  const bool row = left.size() == 1;
  const bool column = right.size() == 1;
  if (row) left.insert(left.begin(), Extent(1));
  if (column) right.emplace_back(1);
  if (auto ok = check_inner(left.back(), right[right.size() - 2]); !ok) return ok;
  const Extent height = left[left.size() - 2];
  const Extent width = right.back();
  left.resize(left.size() - 2);
  right.resize(right.size() - 2);
  auto shape = broadcast(left, right);
  if (!shape) return Error(shape.error());
  if (!row) shape->push_back(height);
  if (!column) shape->push_back(width);
  context.set(0, product.dtype, std::move(*shape));
  return {};
}

bool flag(const RuleContext& context, std::string_view name) {
  return context.attributes.int_or(name, 0) != 0;
}

Result<void> general_product(RuleContext& context, const Product& product) {
  Shape shape(2);
  Extent inner;
  for (const std::size_t operand : {0U, 1U}) {
    const std::size_t input = operand == 0 ? product.left : product.right;
    const Shape* matrix = context.shape(input);
    if (matrix == nullptr) {
      context.lose_by_input(0, input);
      continue;
    }
    if (auto ok = check_rank(*matrix, 2, 2, "an operand"); !ok) return ok;
    const bool transposed = flag(context, operand == 0 ? "transA" : "transB");
    const std::size_t outer_axis = transposed ? 1 - operand : operand;
    if (auto ok = check_inner(inner, (*matrix)[1 - outer_axis]); !ok) return ok;
    inner = (*matrix)[1 - outer_axis];
    shape[operand] = (*matrix)[outer_axis];
  }
  context.set(0, product.dtype, std::move(shape));
  return {};
}

}  // namespace

Result<void> matrix_product(RuleContext& context) {
  return multiply_matrices(context, {0, 1, context.dtype(0)}, false, false);
}

Result<void> integer_matrix_product(RuleContext& context) {
  return multiply_matrices(context, {0, 1, DataType::kInt32}, false, false);
}

Result<void> scaled_integer_matrix_product(RuleContext& context) {
  return multiply_matrices(context, {0, 1, context.dtype(2)}, false, false);
}

Result<void> quantized_matrix_product(RuleContext& context) {
  return multiply_matrices(context, {0, 3, context.dtype(7)}, false, false);
}

Result<void> fused_matrix_product(RuleContext& context) {
  if (flag(context, "transBatchA") || flag(context, "transBatchB")) {
    context.set_rank_unknown(0, context.dtype(0));
    context.lose(0, "it transposes batch axes");
    return {};
  }
  return multiply_matrices(context, {0, 1, context.dtype(0)}, flag(context, "transA"),
                           flag(context, "transB"));
}

Result<void> gemm(RuleContext& context) { return general_product(context, {0, 1, context.dtype(0)}); }

Result<void> quantized_gemm(RuleContext& context) {
  const bool quantized = context.input(8) != nullptr;
  return general_product(context, {0, 3, quantized ? context.dtype(8) : DataType::kFloat});
}

Result<void> determinant(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  if (auto ok = check_rank(*data, 2, kAnyRank, "the data input"); !ok) return ok;
  context.set(0, context.dtype(0), Shape(data->begin(), data->end() - 2));
  return {};
}

}  // namespace padproof::model::shapes
