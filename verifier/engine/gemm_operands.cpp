// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/gemm_operands.h"

#include <array>
#include <string>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

GemmMatrix matrix_of(const Dims& dims, bool transposed) {
  if (transposed) return {dims[1], dims[0], 1, dims[1]};
  return {dims[0], dims[1], dims[1], 1};
}

}  // namespace

model::Result<GemmOperands> gemm_operands(const KernelContext& context, std::size_t left, std::size_t right) {
  const Dims& a = context.present(left).dims();
  const Dims& b = context.present(right).dims();
  if (a.size() != 2 || b.size() != 2) return bad_shape("operand is not a matrix", a.size() != 2 ? a : b);
  const GemmOperands operands{matrix_of(a, context.attributes.int_or("transA", 0) != 0),
                              matrix_of(b, context.attributes.int_or("transB", 0) != 0)};
  if (operands.inner() != operands.right.rows)
    return bad_shape("inner axes differ", b, std::to_string(operands.inner()));
  return operands;
}

model::Result<void> check_gemm_addend(const Dims& addend, const Dims& product) {
  const auto common = broadcast_dims(std::array{product, addend});
  if (!common || *common != product)
    return bad_shape("C does not fit the product", addend, to_string(product));
  return {};
}

}  // namespace padproof::verifier
