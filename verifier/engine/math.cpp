// SPDX-License-Identifier: Apache-2.0
// Elementary functions of one tensor.
//
// Exact or correctly rounded in the type itself: Abs, Neg, Sign, Ceil, Floor, Round, Sqrt, Reciprocal. All
// others are evaluated in double and rounded once. Sources: ONNX Abs-1 to -13 and likewise; Round-11 (halves
// to even), IsInf-10/-20, IsNaN-9 to -20, Erf-9/-13.
#include <cmath>

#include "verifier/engine/elementwise.h"
#include "verifier/engine/extremes.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// Output 0 = bool of each float.
template <class Predicate>
Result<void> test(KernelContext& context, Predicate predicate) {
  const Tensor& input = context.present(0);
  const auto output = make_output(context, 0, model::DataType::kBool, input.dims());
  if (!output) return Error(output.error());
  const auto flags = elements<std::uint8_t>(*output);
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto x = input.data<T>();
    in_parts(context, x.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) flags[i] = predicate(x[i]) ? 1 : 0;
    });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

template <class T>
T negated(T value) {
  // For floats not a difference: 0 - 0 is not -0.
  if constexpr (std::is_integral_v<T>)
    return wrapping_difference(T{0}, value);
  else
    return -value;
}

}  // namespace

Result<void> absolute(KernelContext& context) {
  return unary(context, NumericTypes{}, []<class T>(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return std::fabs(x);
    else if constexpr (std::is_signed_v<T>)
      return x < 0 ? negated(x) : x;
    else
      return x;
  });
}

Result<void> negate(KernelContext& context) {
  using Types = decltype(join(FloatTypes{}, SignedTypes{}));
  return unary(context, Types{}, []<class T>(T x) { return negated(x); });
}

Result<void> sign(KernelContext& context) {
  return unary(context, NumericTypes{}, []<class T>(T x) {
    if (is_not_a_number(x) || x == T{0}) return x;
    return static_cast<T>(x > T{0} ? 1 : -1);
  });
}

Result<void> ceil(KernelContext& context) {
  return unary(context, FloatTypes{}, [](auto x) { return std::ceil(x); });
}
Result<void> floor(KernelContext& context) {
  return unary(context, FloatTypes{}, [](auto x) { return std::floor(x); });
}
Result<void> round(KernelContext& context) {
  return unary(context, FloatTypes{}, [](auto x) { return std::nearbyint(x); });
}
Result<void> square_root(KernelContext& context) {
  return unary(context, FloatTypes{}, [](auto x) { return std::sqrt(x); });
}
Result<void> reciprocal(KernelContext& context) {
  return unary(context, FloatTypes{}, []<class T>(T x) { return T{1} / x; });
}

Result<void> exp(KernelContext& context) {
  return real_function(context, [](double x) { return std::exp(x); });
}
Result<void> log(KernelContext& context) {
  return real_function(context, [](double x) { return std::log(x); });
}
Result<void> erf(KernelContext& context) {
  return real_function(context, [](double x) { return std::erf(x); });
}
Result<void> sin(KernelContext& context) {
  return real_function(context, [](double x) { return std::sin(x); });
}
Result<void> cos(KernelContext& context) {
  return real_function(context, [](double x) { return std::cos(x); });
}
Result<void> tan(KernelContext& context) {
  return real_function(context, [](double x) { return std::tan(x); });
}
Result<void> asin(KernelContext& context) {
  return real_function(context, [](double x) { return std::asin(x); });
}
Result<void> acos(KernelContext& context) {
  return real_function(context, [](double x) { return std::acos(x); });
}
Result<void> atan(KernelContext& context) {
  return real_function(context, [](double x) { return std::atan(x); });
}
Result<void> sinh(KernelContext& context) {
  return real_function(context, [](double x) { return std::sinh(x); });
}
Result<void> cosh(KernelContext& context) {
  return real_function(context, [](double x) { return std::cosh(x); });
}
Result<void> tanh(KernelContext& context) {
  return real_function(context, [](double x) { return std::tanh(x); });
}
Result<void> asinh(KernelContext& context) {
  return real_function(context, [](double x) { return std::asinh(x); });
}
Result<void> acosh(KernelContext& context) {
  return real_function(context, [](double x) { return std::acosh(x); });
}
Result<void> atanh(KernelContext& context) {
  return real_function(context, [](double x) { return std::atanh(x); });
}

Result<void> is_nan(KernelContext& context) {
  return test(context, [](auto x) { return std::isnan(x); });
}

Result<void> is_inf(KernelContext& context) {
  const bool positive = context.attributes.int_or("detect_positive", 1) != 0;
  const bool negative = context.attributes.int_or("detect_negative", 1) != 0;
  return test(context, [=](auto x) { return std::isinf(x) && (x > 0 ? positive : negative); });
}

}  // namespace padproof::verifier
