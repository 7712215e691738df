// SPDX-License-Identifier: Apache-2.0
// com.microsoft.QLinearAdd, QLinearMul, QLinearWhere, QLinearLeakyRelu and QLinearSigmoid: the operation on
// the reals that the elements stand for. See linear_scale.h.
#include <array>

#include "verifier/engine/elementwise.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/linear_scale.h"
#include "verifier/engine/simd/linear_bytes.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// The fast path of two tensors of the same dims; false if it is not for these.
bool combine_bytes_fast(const KernelContext& context, simd::LinearOperation operation,
                        const LinearScale& left_scale, const LinearScale& right_scale, const LinearScale& to,
                        Tensor* output) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(3);
  const bool is_signed = left.dtype() == model::DataType::kInt8;
  if (context.oracle || left.dims() != right.dims() ||
      (!is_signed && left.dtype() != model::DataType::kUint8) || to.step == 0)
    return false;
  for (const LinearScale* scale : {&left_scale, &right_scale, &to})
    if (!std::isfinite(scale->step)) return false;
  const auto* const l = reinterpret_cast<const std::byte*>(left.bytes().data());
  const auto* const r = reinterpret_cast<const std::byte*>(right.bytes().data());
  auto* const y = reinterpret_cast<std::byte*>(output->mutable_bytes());
  in_parts(context, static_cast<std::size_t>(output->size()), [&](std::size_t begin, std::size_t end) {
    simd::combine_linear(operation, is_signed, {l + begin, left_scale.step, left_scale.zero},
                         {r + begin, right_scale.step, right_scale.zero},
                         {y + begin, to.step, to.zero, static_cast<std::int64_t>(end - begin)});
  });
  return true;
}

/// Output 0 = apply(real of input 0, real of input 3), where both and the result are of one type.
template <class Apply>
Result<void> qlinear_binary(KernelContext& context, simd::LinearOperation operation, Apply apply) {
  if (context.input(3) == nullptr) return model::malformed("missing-input", "an operand is missing");
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(3);
  if (left.dtype() != right.dtype())
    return model::malformed("input-type", "operands differ in type", model::to_string(right.dtype()),
                            model::to_string(left.dtype()));
  const auto left_scale = linear_scale(context, 1, 2, left.dtype());
  const auto right_scale = linear_scale(context, 4, 5, left.dtype());
  const auto to = linear_scale(context, 6, 7, left.dtype());
  for (const auto* scale : {&left_scale, &right_scale, &to})
    if (!*scale) return Error(scale->error());
  const auto dims = broadcast_dims(std::array{left.dims(), right.dims()});
  if (!dims) return Error(dims.error());
  const auto output = make_output(context, 0, left.dtype(), *dims);
  if (!output) return Error(output.error());
  if (combine_bytes_fast(context, operation, *left_scale, *right_scale, *to, *output)) return {};
  dispatch(ByteTypes{}, left.dtype(), [&]<class Q>(std::type_identity<Q>) {
    apply_binary<Q, Q, Q>({left.dims(), right.dims(), *dims}, left, right, *output, [&](Q mine, Q theirs) {
      return element_of<Q>(*to, apply(left_scale->real(mine), right_scale->real(theirs)) / to->step);
    });
  });
  return {};
}

/// Output 0 = apply(real of input 0).
template <class Apply>
Result<void> qlinear_unary(KernelContext& context, Apply apply) {
  const Tensor& input = context.present(0);
  const auto from = linear_scale(context, 1, 2, input.dtype());
  if (!from) return Error(from.error());
  const auto to = linear_scale(context, 3, 4, input.dtype());
  if (!to) return Error(to.error());
  return unary(context, ByteTypes{},
               [&]<class Q>(Q element) { return element_of<Q>(*to, apply(from->real(element)) / to->step); });
}

}  // namespace

Result<void> qlinear_add(KernelContext& context) {
  return qlinear_binary(context, simd::LinearOperation::kAdd,
                        [](double left, double right) { return left + right; });
}

Result<void> qlinear_multiply(KernelContext& context) {
  return qlinear_binary(context, simd::LinearOperation::kMultiply,
                        [](double left, double right) { return left * right; });
}

Result<void> qlinear_leaky_relu(KernelContext& context) {
  const auto alpha = static_cast<double>(context.attributes.float_or("alpha", 0.01F));
  return qlinear_unary(context, [alpha](double x) { return x < 0 ? alpha * x : x; });
}

Result<void> qlinear_sigmoid(KernelContext& context) {
  return qlinear_unary(context, [](double x) { return 1 / (1 + std::exp(-x)); });
}

Result<void> qlinear_where(KernelContext& context) {
  if (context.input(4) == nullptr) return model::malformed("missing-input", "an operand is missing");
  const Tensor& condition = context.present(0);
  const Tensor& yes = context.present(1);
  const Tensor& no = context.present(4);
  if (condition.dtype() != model::DataType::kBool || yes.dtype() != no.dtype())
    return model::malformed("input-type", "condition is not boolean, or operands differ in type",
                            model::to_string(condition.dtype()));
  const auto yes_scale = linear_scale(context, 2, 3, yes.dtype());
  const auto no_scale = linear_scale(context, 5, 6, yes.dtype());
  const auto to = linear_scale(context, 7, 8, yes.dtype());
  for (const auto* scale : {&yes_scale, &no_scale, &to})
    if (!*scale) return Error(scale->error());
  const auto dims = broadcast_dims(std::array{condition.dims(), yes.dims(), no.dims()});
  if (!dims) return Error(dims.error());
  const auto output = make_output(context, 0, yes.dtype(), *dims);
  if (!output) return Error(output.error());
  dispatch(ByteTypes{}, yes.dtype(), [&]<class Q>(std::type_identity<Q>) {
    const auto real = [&](const auto& at) {
      return condition.data<std::uint8_t>().data()[at[0]] != 0 ? yes_scale->real(yes.data<Q>().data()[at[1]])
                                                               : no_scale->real(no.data<Q>().data()[at[2]]);
    };
    for_each_broadcast<3>(
        *dims, {condition.dims(), yes.dims(), no.dims()}, [&](std::int64_t i, const auto& at) {
          elements<Q>(*output)[static_cast<std::size_t>(i)] = element_of<Q>(*to, real(at) / to->step);
        });
  });
  return {};
}

}  // namespace padproof::verifier
