// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/linear_bytes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/linear_bytes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Reals = hn::CappedTag<double, 8>;
using Integers = hn::Rebind<std::int32_t, Reals>;

template <class Byte>
HWY_INLINE hn::Vec<Reals> real(const LinearOperand& operand, std::int64_t i) {
  const auto* const bytes = reinterpret_cast<const Byte*>(operand.bytes);
  const auto element = hn::PromoteTo(Integers(), hn::LoadU(hn::Rebind<Byte, Reals>(), bytes + i));
  const auto centered = hn::Sub(element, hn::Set(Integers(), operand.zero));
  return hn::Mul(hn::Set(Reals(), operand.step), hn::PromoteTo(Reals(), centered));
}

template <class Byte>
double real_alone(const LinearOperand& operand, std::int64_t i) {
  return operand.step * (reinterpret_cast<const Byte*>(operand.bytes)[i] - operand.zero);
}

template <class Byte, bool kAdds>
void combine_as(const LinearOperand& left, const LinearOperand& right, const LinearResult& result) {
  using Limits = std::numeric_limits<Byte>;
  const Reals d;
  const hn::Rebind<Byte, Reals> bytes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto least = hn::Set(d, static_cast<double>(Limits::min()));
  const auto most = hn::Set(d, static_cast<double>(Limits::max()));
  auto* const to = reinterpret_cast<Byte*>(result.bytes);
  std::int64_t i = 0;
  for (; i + lanes <= result.count; i += lanes) {
    const auto l = real<Byte>(left, i);
    const auto r = real<Byte>(right, i);
    const auto steps = hn::Div(kAdds ? hn::Add(l, r) : hn::Mul(l, r), hn::Set(d, result.step));
    const auto shifted = hn::Add(hn::Round(steps), hn::Set(d, static_cast<double>(result.zero)));
    const auto clamped = hn::Min(hn::Max(shifted, least), most);
    hn::StoreU(hn::DemoteTo(bytes, hn::DemoteTo(Integers(), clamped)), bytes, to + i);
  }
  for (; i < result.count; ++i) {
    const double l = real_alone<Byte>(left, i);
    const double r = real_alone<Byte>(right, i);
    const double shifted = std::nearbyint((kAdds ? l + r : l * r) / result.step) + result.zero;
    to[i] = static_cast<Byte>(std::clamp<double>(shifted, Limits::min(), Limits::max()));
  }
}

void combine_bytes(LinearOperation operation, bool is_signed, const LinearOperand& left,
                   const LinearOperand& right, const LinearResult& result) {
  const bool adds = operation == LinearOperation::kAdd;
  if (is_signed)
    adds ? combine_as<std::int8_t, true>(left, right, result)
         : combine_as<std::int8_t, false>(left, right, result);
  else
    adds ? combine_as<std::uint8_t, true>(left, right, result)
         : combine_as<std::uint8_t, false>(left, right, result);
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {

HWY_EXPORT(combine_bytes);

void combine_linear(LinearOperation operation, bool is_signed, const LinearOperand& left,
                    const LinearOperand& right, const LinearResult& result) {
  HWY_DYNAMIC_DISPATCH(combine_bytes)(operation, is_signed, left, right, result);
}

}  // namespace padproof::verifier::simd
#endif
