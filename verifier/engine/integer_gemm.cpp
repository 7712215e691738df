// SPDX-License-Identifier: Apache-2.0
// Gemm of integers, exact modulo 2^bits. alpha and beta must be integers: the text does not say how the
// product with a fraction is rounded. Source: ONNX Gemm-9 to -13.
#include <array>
#include <cmath>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// A float attribute that is an integer.
Result<std::int64_t> whole(const KernelContext& context, const char* name) {
  const float value = context.attributes.float_or(name, 1.0F);
  if (std::nearbyint(value) != value || std::fabs(value) > 0x1p24F)
    return unsupported_in_engine(context, std::string("integers with a fractional ") + name,
                                 std::to_string(value));
  return static_cast<std::int64_t>(value);
}

struct GemmOfIntegers {
  bool left_transposed;
  bool right_transposed;
  std::int64_t alpha;
  std::int64_t beta;
  std::int64_t inner;
  Dims addend;  // as C is aligned
};

template <class T>
void multiply_and_add(const KernelContext& context, const GemmOfIntegers& gemm, Tensor* output) {
  const auto a = context.input(0)->data<T>();
  const auto b = context.input(1)->data<T>();
  const std::int64_t rows = output->dims()[0];
  const std::int64_t columns = output->dims()[1];
  const auto alpha = static_cast<T>(gemm.alpha);
  const auto beta = static_cast<T>(gemm.beta);
  for_each_broadcast<1>(output->dims(), {gemm.addend}, [&](std::int64_t i, const auto& at) {
    const std::int64_t row = i / columns;
    const std::int64_t column = i % columns;
    T sum = 0;
    for (std::int64_t k = 0; k < gemm.inner; ++k) {
      const std::int64_t left = gemm.left_transposed ? k * rows + row : row * gemm.inner + k;
      const std::int64_t right = gemm.right_transposed ? column * gemm.inner + k : k * columns + column;
      sum = wrapping_sum(
          sum, wrapping_product(a[static_cast<std::size_t>(left)], b[static_cast<std::size_t>(right)]));
    }
    sum = wrapping_product(alpha, sum);
    if (const Tensor* const c = context.input(2))
      sum = wrapping_sum(sum, wrapping_product(beta, c->data<T>()[static_cast<std::size_t>(at[0])]));
    elements<T>(output)[static_cast<std::size_t>(i)] = sum;
  });
}

}  // namespace

Result<void> gemm_of_numbers(KernelContext& context) {
  const Tensor& a = context.present(0);
  const Tensor& b = context.present(1);
  if (!contains(IntegerTypes{}, a.dtype())) return gemm(context);
  if (auto same = same_types(context, 3); !same) return same;
  if (a.rank() != 2 || b.rank() != 2)
    return bad_shape("operand is not a matrix", a.rank() != 2 ? a.dims() : b.dims());
  const bool left = context.attributes.int_or("transA", 0) != 0;
  const bool right = context.attributes.int_or("transB", 0) != 0;
  const auto alpha = whole(context, "alpha");
  if (!alpha) return Error(alpha.error());
  const auto beta = whole(context, "beta");
  if (!beta) return Error(beta.error());
  const Dims dims{a.dims()[left ? 1 : 0], b.dims()[right ? 0 : 1]};
  const std::int64_t inner = a.dims()[left ? 0 : 1];
  if (b.dims()[right ? 1 : 0] != inner)
    return bad_shape("inner axes differ", b.dims(), std::to_string(inner));
  const auto addend = context.input(2) == nullptr ? Result<Dims>(Dims{})
                                                  : legacy_aligned(context, dims, context.input(2)->dims());
  if (!addend) return Error(addend.error());
  const auto common = broadcast_dims(std::array{dims, *addend});
  if (!common || *common != dims) return bad_shape("C does not fit the product", *addend, to_string(dims));
  const auto output = make_output(context, 0, a.dtype(), dims);
  if (!output) return Error(output.error());
  dispatch(IntegerTypes{}, a.dtype(), [&]<class T>(std::type_identity<T>) {
    multiply_and_add<T>(context, {left, right, *alpha, *beta, inner, *addend}, *output);
  });
  return {};
}

}  // namespace padproof::verifier
