// SPDX-License-Identifier: Apache-2.0
// Comparisons, boolean and bitwise operators, Where.
// Sources: ONNX Equal-1 to -19, Less-1 to -13, LessOrEqual-12/-16 and likewise, And-1/-7, Not-1,
// BitwiseAnd-18, Where-9/-16.
#include <array>
#include <cstring>

#include "verifier/engine/elementwise.h"
#include "verifier/engine/kernels.h"

namespace padproof::verifier {

using model::Error;
using model::Result;

Result<void> equal(KernelContext& context) {
  return compare(context, AllTypes{}, [](auto left, auto right) { return left == right; });
}
Result<void> less(KernelContext& context) {
  return compare(context, NumericTypes{}, [](auto left, auto right) { return left < right; });
}
Result<void> less_or_equal(KernelContext& context) {
  return compare(context, NumericTypes{}, [](auto left, auto right) { return left <= right; });
}
Result<void> greater(KernelContext& context) {
  return compare(context, NumericTypes{}, [](auto left, auto right) { return left > right; });
}
Result<void> greater_or_equal(KernelContext& context) {
  return compare(context, NumericTypes{}, [](auto left, auto right) { return left >= right; });
}

Result<void> logical_and(KernelContext& context) {
  return compare(context, BoolType{}, [](auto left, auto right) { return left != 0 && right != 0; });
}
Result<void> logical_or(KernelContext& context) {
  return compare(context, BoolType{}, [](auto left, auto right) { return left != 0 || right != 0; });
}
Result<void> logical_xor(KernelContext& context) {
  return compare(context, BoolType{}, [](auto left, auto right) { return left != right; });
}
Result<void> logical_not(KernelContext& context) {
  return unary(context, BoolType{}, [](auto value) { return value == 0; });
}

Result<void> bitwise_and(KernelContext& context) {
  return binary(context, IntegerTypes{}, [](auto left, auto right) { return left & right; });
}
Result<void> bitwise_or(KernelContext& context) {
  return binary(context, IntegerTypes{}, [](auto left, auto right) { return left | right; });
}
Result<void> bitwise_xor(KernelContext& context) {
  return binary(context, IntegerTypes{}, [](auto left, auto right) { return left ^ right; });
}
Result<void> bitwise_not(KernelContext& context) {
  return unary(context, IntegerTypes{}, [](auto value) { return ~value; });
}

Result<void> where(KernelContext& context) {
  const Tensor& condition = context.present(0);
  const Tensor& yes = context.present(1);
  const Tensor& no = context.present(2);
  if (condition.dtype() != model::DataType::kBool)
    return model::malformed("input-type", "condition is not boolean", model::to_string(condition.dtype()));
  if (yes.dtype() != no.dtype())
    return model::malformed("input-type", "operands differ in type", model::to_string(no.dtype()),
                            model::to_string(yes.dtype()));
  const auto dims = broadcast_dims(std::array{condition.dims(), yes.dims(), no.dims()});
  if (!dims) return Error(dims.error());
  const auto output = make_output(context, 0, yes.dtype(), *dims);
  if (!output) return Error(output.error());
  const auto unit = static_cast<std::int64_t>(element_bytes(yes.dtype()));
  std::byte* const to = (*output)->mutable_bytes();
  for_each_broadcast<3>(
      *dims, {condition.dims(), yes.dims(), no.dims()}, [&](std::int64_t i, const auto& at) {
        const bool holds = condition.data<std::uint8_t>()[static_cast<std::size_t>(at[0])] != 0;
        const char* const from = holds ? yes.bytes().data() + at[1] * unit : no.bytes().data() + at[2] * unit;
        std::memcpy(to + i * unit, from, static_cast<std::size_t>(unit));
      });
  return {};
}

}  // namespace padproof::verifier
