// SPDX-License-Identifier: Apache-2.0
// What the fast path's sources share within one instruction set. Included after <hwy/highway.h>, once for
// each.
#if defined(PADPROOF_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef PADPROOF_LANES_INL_H
#undef PADPROOF_LANES_INL_H
#else
#define PADPROOF_LANES_INL_H
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "verifier/engine/simd/strip.h"

// Loops over rows and vectors must go, or the accumulators stay in memory.
#undef PADPROOF_UNROLL
#ifdef __clang__
#define PADPROOF_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PADPROOF_UNROLL _Pragma("GCC unroll 8")
#endif

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
constexpr std::int64_t kLanes = hn::MaxLanes(Tag());

template <class D>
HWY_INLINE hn::Vec<D> fused(D d, hn::Vec<D> weight, hn::Vec<D> cells, hn::Vec<D> sum) {
#if HWY_NATIVE_FMA
  (void)d;
  return hn::MulAdd(weight, cells, sum);
#else
  constexpr std::size_t kCount = hn::MaxLanes(D());
  HWY_ALIGN float w[kCount];
  HWY_ALIGN float x[kCount];
  HWY_ALIGN float y[kCount];
  hn::Store(weight, d, w);
  hn::Store(cells, d, x);
  hn::Store(sum, d, y);
  for (std::size_t i = 0; i < kCount; ++i) y[i] = std::fma(w[i], x[i], y[i]);
  return hn::Load(d, y);
#endif
}

/// The `index`th float of bytes at any address.
HWY_INLINE float float_at(const std::byte* bytes, std::int64_t index) {
  float value = 0;
  std::memcpy(&value, bytes + index * static_cast<std::int64_t>(sizeof(float)), sizeof value);
  return value;
}

/// The clamp of a Finish.
template <class D>
HWY_INLINE hn::Vec<D> clamped(D d, const Finish& finish, hn::Vec<D> x) {
  if (finish.has_least) {
    const auto least = hn::Set(d, finish.least);
    x = hn::IfThenElse(hn::Lt(x, least), least, x);
  }
  if (finish.has_most) {
    const auto most = hn::Set(d, finish.most);
    x = hn::IfThenElse(hn::Gt(x, most), most, x);
  }
  return x;
}

}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // PADPROOF_LANES_INL_H
