// SPDX-License-Identifier: Apache-2.0
// Evaluated in double to within 2^-45. An element whose float would be another one 2^-44 above or below is
// left to the oracle's own function: one in half a million, and the bits are the oracle's without knowing how
// its exponential works.
#include "verifier/engine/simd/logistic.h"

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/logistic.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Reals = hn::CappedTag<double, 8>;
using Floats = hn::Rebind<float, Reals>;
using Bits = hn::RebindToSigned<Reals>;
using Vector = hn::Vec<Reals>;

// Beyond, results are about to leave the normal floats.
constexpr float kMost = 80.0F;
constexpr double kMargin = 0x1p-44;

/// exp(x) for |x| <= kMost: 2^n * exp(r), |r| <= log(2)/2, by Taylor's polynomial of degree 11, whose rest is
/// below 2^-47.
HWY_INLINE Vector exponential(Vector x) {
  const Reals d;
  constexpr double kCoefficients[] = {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                                      1.0 / 5040,     1.0 / 720,     1.0 / 120,    1.0 / 24,
                                      1.0 / 6,        1.0 / 2,       1.0,          1.0};
  // Added to a small number, it leaves the nearest integer in the low bits.
  const auto shifter = hn::Set(d, 0x1.8p52);
  const auto shifted = hn::Add(hn::Mul(x, hn::Set(d, 0x1.71547652b82fep0)), shifter);
  const auto n = hn::Sub(shifted, shifter);
  // log(2) in two parts: n times the first is exact.
  auto r = hn::Sub(x, hn::Mul(n, hn::Set(d, 0x1.62e42fefap-1)));
  r = hn::Sub(r, hn::Mul(n, hn::Set(d, 0x1.cf79abc9e3b39p-40)));
  auto power = hn::Set(d, kCoefficients[0]);
#pragma GCC unroll 12
  for (int i = 1; i < 12; ++i) power = hn::MulAdd(power, r, hn::Set(d, kCoefficients[i]));
  const Bits bits;
  return hn::BitCast(d, hn::Add(hn::BitCast(bits, power), hn::ShiftLeft<52>(hn::BitCast(bits, shifted))));
}

void logistic_of(const float* x, std::int64_t count, float (*function)(float), float* y) {
  const Reals d;
  const Floats floats;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto one = hn::Set(d, 1.0);
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto cells = hn::LoadU(floats, x + i);
    const auto value = hn::Div(one, hn::Add(one, exponential(hn::Neg(hn::PromoteTo(d, cells)))));
    const auto above = hn::DemoteTo(floats, hn::Mul(value, hn::Set(d, 1.0 + kMargin)));
    const auto below = hn::DemoteTo(floats, hn::Mul(value, hn::Set(d, 1.0 - kMargin)));
    // Not a number is not below anything.
    const auto is_sure = hn::And(hn::Le(hn::Abs(cells), hn::Set(floats, kMost)), hn::Eq(above, below));
    if (hn::AllTrue(floats, is_sure)) {
      hn::StoreU(above, floats, y + i);
      continue;
    }
    for (std::int64_t j = i; j < i + lanes; ++j) y[j] = function(x[j]);
  }
  for (; i < count; ++i) y[i] = function(x[i]);
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {

HWY_EXPORT(logistic_of);

void logistic(const float* x, std::int64_t count, float (*function)(float), float* y) {
  HWY_DYNAMIC_DISPATCH(logistic_of)(x, count, function, y);
}

}  // namespace padproof::verifier::simd
#endif
