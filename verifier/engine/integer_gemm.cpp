// SPDX-License-Identifier: Apache-2.0
// Gemm of integers, exact modulo 2^bits. alpha and beta must be integers: the text does not say how the
// product with a fraction is rounded. Source: ONNX Gemm-9 to -13.
#include <cmath>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/gemm_operands.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
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
  GemmOperands operands;
  std::int64_t alpha;
  std::int64_t beta;
  Dims addend;  // as C is aligned
};

template <class T>
void multiply_and_add(const KernelContext& context, const GemmOfIntegers& gemm, Tensor* output) {
  const auto a = context.input(0)->data<T>();
  const auto b = context.input(1)->data<T>();
  const GemmMatrix& left = gemm.operands.left;
  const GemmMatrix& right = gemm.operands.right;
  const auto alpha = static_cast<T>(gemm.alpha);
  const auto beta = static_cast<T>(gemm.beta);
  Watch watch;
  for_each_broadcast<1>(output->dims(), {gemm.addend}, [&](std::int64_t i, const auto& at) {
    const std::int64_t row = i / right.columns * left.row_step;
    const std::int64_t column = i % right.columns * right.column_step;
    if (watch.is_over(gemm.operands.inner())) return;
    T sum = 0;
    for_each_in_time(gemm.operands.inner(), 1, [&](std::int64_t k) {
      sum = wrapping_sum(sum, wrapping_product(a[static_cast<std::size_t>(row + k * left.column_step)],
                                               b[static_cast<std::size_t>(column + k * right.row_step)]));
    });
    sum = wrapping_product(alpha, sum);
    if (const Tensor* const c = context.input(2))
      sum = wrapping_sum(sum, wrapping_product(beta, c->data<T>()[static_cast<std::size_t>(at[0])]));
    elements<T>(output)[static_cast<std::size_t>(i)] = sum;
  });
}

}  // namespace

Result<void> gemm_of_numbers(KernelContext& context) {
  const DataType dtype = context.present(0).dtype();
  if (!contains(IntegerTypes{}, dtype)) return gemm(context);
  if (auto same = same_types(context, 3); !same) return same;
  const auto operands = gemm_operands(context, 0, 1);
  if (!operands) return Error(operands.error());
  const auto alpha = whole(context, "alpha");
  if (!alpha) return Error(alpha.error());
  const auto beta = whole(context, "beta");
  if (!beta) return Error(beta.error());
  const Dims dims = operands->product();
  const auto addend = context.input(2) == nullptr ? Result<Dims>(Dims{})
                                                  : legacy_aligned(context, dims, context.input(2)->dims());
  if (!addend) return Error(addend.error());
  if (auto fits = check_gemm_addend(*addend, dims); !fits) return fits;
  const auto output = make_output(context, 0, dtype, dims);
  if (!output) return Error(output.error());
  dispatch(IntegerTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    multiply_and_add<T>(context, {*operands, *alpha, *beta, *addend}, *output);
  });
  return {};
}

}  // namespace padproof::verifier
