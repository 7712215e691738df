// SPDX-License-Identifier: Apache-2.0
// com.microsoft.QGemm: exact sums modulo 2^32 of (a - zero point) * (b - zero point), plus C, which is int32
// in steps of both scales; times alpha and the scales, as floats or, with an output scale, as elements of
// that one. B may have one scale and zero point for each column. See linear_scale.h.
#include "verifier/engine/broadcast.h"
#include "verifier/engine/gemm_operands.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/linear_scale.h"
#include "verifier/engine/quantized.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

Result<void> add_to_sums(const Tensor* bias, Tensor& sums) {
  if (bias == nullptr) return {};
  if (bias->dtype() != DataType::kInt32)
    return model::malformed("input-type", "C is not int32", model::to_string(bias->dtype()));
  if (auto fits = check_gemm_addend(bias->dims(), sums.dims()); !fits) return fits;
  const auto to = sums.mutable_data<std::int32_t>();
  for_each_broadcast<1>(sums.dims(), {bias->dims()}, [&](std::int64_t i, const auto& at) {
    auto& sum = to[static_cast<std::size_t>(i)];
    sum = wrapping_sum(sum, bias->data<std::int32_t>()[static_cast<std::size_t>(at[0])]);
  });
  return {};
}

/// Sums of products less the zero points. A zero point of B may be one for each column.
Result<Tensor> products(const KernelContext& context, const GemmOperands& operands) {
  const GemmMatrix& left = operands.left;
  const GemmMatrix& right = operands.right;
  const Tensor& a = context.present(0);
  const Tensor& b = context.present(3);
  const auto left_points = zero_points(context.input(2), a, 1);
  if (!left_points) return Error(left_points.error());
  const auto right_points = zero_points(context.input(5), b, right.columns);
  if (!right_points) return Error(right_points.error());
  const auto x = centered(context, a, *left_points, 1);
  if (!x) return x;
  // Columns lie side by side, or one after the other if B is transposed.
  const auto y = centered(context, b, *right_points, right.column_step);
  if (!y) return y;
  auto sums = context.memory.allocate(DataType::kInt32, operands.product());
  if (!sums || sums->size() == 0) return sums;
  const std::int32_t* const l = x->data<std::int32_t>().data();
  const std::int32_t* const r = y->data<std::int32_t>().data();
  std::int32_t* to = sums->mutable_data<std::int32_t>().data();
  Watch watch;
  for (std::int64_t row = 0; row < left.rows; ++row)
    for (std::int64_t column = 0; column < right.columns; ++column, ++to) {
      if (watch.is_over(left.columns + 1)) return sums;
      for_each_in_time(left.columns, 1, [&](std::int64_t k) {
        *to = wrapping_sum(*to, wrapping_product(l[row * left.row_step + k * left.column_step],
                                                 r[k * right.row_step + column * right.column_step]));
      });
    }
  return sums;
}

Result<void> give_floats(KernelContext& context, const Tensor& sums, const std::vector<double>& multipliers) {
  const auto output = make_output(context, 0, DataType::kFloat, sums.dims());
  if (!output) return Error(output.error());
  const auto to = elements<float>(*output);
  const auto from = sums.data<std::int32_t>();
  for_each_in_time(sums.size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    to[i] = static_cast<float>(from[i] * multipliers[i % multipliers.size()]);
  });
  return {};
}

}  // namespace

Result<void> qgemm(KernelContext& context) {
  if (context.input(3) == nullptr) return model::malformed("missing-input", "B is missing");
  const auto operands = gemm_operands(context, 0, 3);
  if (!operands) return Error(operands.error());
  auto sums = products(context, *operands);
  if (!sums) return Error(sums.error());
  if (auto added = add_to_sums(context.input(6), *sums); !added) return added;
  const auto left_scale = linear_scale(context, 1, 2, context.input(0)->dtype());
  if (!left_scale) return Error(left_scale.error());
  if (context.input(4) == nullptr) return model::malformed("missing-input", "the scale of B is missing");
  auto multipliers = scales(context.input(4), operands->right.columns);
  if (!multipliers) return Error(multipliers.error());
  const auto alpha = static_cast<double>(context.attributes.float_or("alpha", 1.0F));
  for (double& multiplier : *multipliers) multiplier *= alpha * left_scale->step;
  if (context.input(7) == nullptr) return give_floats(context, *sums, *multipliers);
  const auto to = result_scale(context, 7, 8);
  if (!to) return Error(to.error());
  for (double& multiplier : *multipliers) multiplier /= to->step;
  return requantize(context, *sums, *multipliers, {to->zero}, 1, to->dtype);
}

}  // namespace padproof::verifier
