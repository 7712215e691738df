// SPDX-License-Identifier: Apache-2.0
// Add, Sub, Mul, Div, Mod, Pow and BitShift.
//
// Floats: one rounding per operation. Integers: modulo 2^bits; division truncates, and by zero is an error.
// Pow evaluates in double and rounds once, except integers to integers, which are exact modulo 2^bits.
// Sources: ONNX Add-1 to -14 and likewise, Mod-10/-13/-28, Pow-1 to -15, BitShift-11/-28.
#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include "verifier/engine/elementwise.h"
#include "verifier/engine/fast_elementwise.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/saturate.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Integers go through 64 unsigned bits, whose low ones are right for every width and either signedness.
constexpr std::uint64_t bits(std::integral auto value) { return static_cast<std::uint64_t>(value); }

template <class T>
T quotient(T left, T right) {
  if constexpr (std::is_signed_v<T> && std::is_integral_v<T>)
    if (right == -1) return wrapping_difference(T{0}, left);
  return static_cast<T>(left / right);
}

/// C's %, whose sign is the dividend's.
template <class T>
T remainder(T left, T right) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fmod(left, right);
  } else {
    if constexpr (std::is_signed_v<T>)
      if (right == -1) return 0;
    return static_cast<T>(left % right);
  }
}

/// Python's %, whose sign is the divisor's, that of a zero included.
template <class T>
T modulo(T left, T right) {
  const T rest = remainder(left, right);
  if constexpr (std::is_floating_point_v<T>)
    if (rest == 0) return std::copysign(rest, right);
  if constexpr (std::is_signed_v<T>)
    if (rest != 0 && (rest < 0) != (right < 0)) return wrapping_sum(rest, right);
  return rest;
}

/// The bits that are shifted in are 0, or the sign's if a negative number goes right; so is everything where
/// the distance is negative or not below the width. In C++ such distances would be undefined.
template <class T>
T shifted(T value, T by, bool left) {
  constexpr int kWidth = std::numeric_limits<std::make_unsigned_t<T>>::digits;
  if (std::cmp_less(by, 0) || std::cmp_greater_equal(by, kWidth))
    return static_cast<T>(!left && std::cmp_less(value, 0) ? -1 : 0);
  return static_cast<T>(left ? bits(value) << by : static_cast<std::uint64_t>(value >> by));
}

Result<void> check_divisor(const Tensor& divisor) {
  bool has_zero = false;
  dispatch(IntegerTypes{}, divisor.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto data = divisor.data<T>();
    has_zero = std::find(data.begin(), data.end(), T{0}) != data.end();
  });
  if (has_zero) return bad_value("integer division by zero", "0", "not 0");
  return {};
}

std::uint64_t integer_power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1U, base *= base)
    if ((exponent & 1U) != 0) result *= base;
  return result;
}

template <class B, class E>
B power(B base, E exponent) {
  if constexpr (std::is_integral_v<B> && std::is_integral_v<E>) {
    return static_cast<B>(integer_power(bits(base), bits(exponent)));
  } else {
    const double result = std::pow(static_cast<double>(base), static_cast<double>(exponent));
    if constexpr (std::is_integral_v<B>)
      return saturate<B>(result);
    else
      return static_cast<B>(result);
  }
}

bool has_negative(const Tensor& tensor) {
  bool found = false;
  dispatch(SignedTypes{}, tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto data = tensor.data<T>();
    found = std::any_of(data.begin(), data.end(), [](T value) { return value < 0; });
  });
  return found;
}

}  // namespace

Result<void> add(KernelContext& context) {
  if (combine_fast(context, simd::Operation::kAdd)) return {};
  return binary(context, NumericTypes{}, []<class T>(T left, T right) { return wrapping_sum(left, right); });
}

Result<void> subtract(KernelContext& context) {
  if (combine_fast(context, simd::Operation::kSubtract)) return {};
  return binary(context, NumericTypes{},
                []<class T>(T left, T right) { return wrapping_difference(left, right); });
}

Result<void> multiply(KernelContext& context) {
  if (combine_fast(context, simd::Operation::kMultiply)) return {};
  return binary(context, NumericTypes{},
                []<class T>(T left, T right) { return wrapping_product(left, right); });
}

Result<void> divide(KernelContext& context) {
  if (combine_fast(context, simd::Operation::kDivide)) return {};
  if (auto checked = check_divisor(context.present(1)); !checked) return checked;
  return binary(context, NumericTypes{}, []<class T>(T left, T right) { return quotient(left, right); });
}

Result<void> mod(KernelContext& context) {
  if (auto checked = check_divisor(context.present(1)); !checked) return checked;
  if (context.attributes.int_or("fmod", 0) != 0)
    return binary(context, NumericTypes{}, []<class T>(T left, T right) { return remainder(left, right); });
  const auto floored = []<class T>(T left, T right) { return modulo(left, right); };
  // Before opset 28 floats must come with fmod=1.
  return context.opset < 28 ? binary(context, IntegerTypes{}, floored)
                            : binary(context, NumericTypes{}, floored);
}

Result<void> pow(KernelContext& context) {
  const Tensor& base = context.present(0);
  const Tensor& exponent = context.present(1);
  const auto dims = binary_dims(context, base, exponent);
  if (!dims) return Error(dims.error());
  if (contains(IntegerTypes{}, base.dtype()) && has_negative(exponent))
    return unsupported_in_engine(context, "integers to a negative power", "");
  const auto output = make_output(context, 0, base.dtype(), dims->result);
  if (!output) return Error(output.error());
  using Bases = TypeList<DataType::kFloat, DataType::kDouble, DataType::kInt32, DataType::kInt64>;
  bool known = false;
  dispatch(Bases{}, base.dtype(), [&]<class B>(std::type_identity<B>) {
    known = dispatch(NumericTypes{}, exponent.dtype(), [&]<class E>(std::type_identity<E>) {
      apply_binary<B, E, B>(*dims, base, exponent, *output, power<B, E>);
    });
  });
  if (!known)
    return type_not_in_engine(context, contains(Bases{}, base.dtype()) ? exponent.dtype() : base.dtype());
  return {};
}

Result<void> bit_shift(KernelContext& context) {
  const std::string_view direction = context.attributes.string_or("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return bad_value("direction of a shift", model::printable(direction), "LEFT or RIGHT");
  const bool left = direction == "LEFT";
  const auto shift = [left]<class T>(T value, T by) { return shifted(value, by, left); };
  return context.opset < 28 ? binary(context, UnsignedTypes{}, shift)
                            : binary(context, IntegerTypes{}, shift);
}

}  // namespace padproof::verifier
