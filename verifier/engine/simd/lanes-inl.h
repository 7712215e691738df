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

// Loops over rows and vectors must go, or the accumulators stay in memory. Where they do anyway, the many
// lines would only take minutes to compile.
#undef PADPROOF_UNROLL
#if HWY_TARGET == HWY_EMU128 || HWY_TARGET == HWY_SCALAR || HWY_IS_ASAN || HWY_IS_TSAN
#define PADPROOF_UNROLL
#elif defined(__clang__)
#define PADPROOF_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PADPROOF_UNROLL _Pragma("GCC unroll 8")
#endif

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
constexpr bool kIsEmulated = HWY_TARGET == HWY_EMU128 || HWY_TARGET == HWY_SCALAR;
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

/// `offset` bytes from `base`, even outside of what it points into, where arithmetic on pointers is
/// undefined: for prefetching, and for loads whose mask leaves out what is not there.
template <class T>
HWY_INLINE const T* address_at(const T* base, std::int64_t offset) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): that is the point
  return reinterpret_cast<const T*>(reinterpret_cast<std::uintptr_t>(base) +
                                    static_cast<std::uintptr_t>(offset));
}
HWY_INLINE std::int64_t bytes_of(std::int64_t floats) {
  return floats * static_cast<std::int64_t>(sizeof(float));
}

/// The lanes in the mask, 0 in the others, whose floats are not read. Highway's own MaskedLoad reads them too
/// where the processor has no masked loads, and wants its address aligned there.
template <class D>
HWY_INLINE hn::Vec<D> load_masked(hn::Mask<D> mask, D d, const float* from) {
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(mask, d, from);
#else
  constexpr std::size_t kCount = hn::MaxLanes(D());
  HWY_ALIGN float cells[kCount] = {};
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(d, mask, bits);
  for (std::size_t i = 0; i < kCount; ++i)
    if ((bits[i / 8] >> (i % 8) & 1U) != 0) std::memcpy(cells + i, from + i, sizeof(float));
  return hn::Load(d, cells);
#endif
}

/// The `index`th float of bytes at any address.
HWY_INLINE float float_at(const std::byte* bytes, std::int64_t index) {
  float value = 0;
  std::memcpy(&value, bytes + bytes_of(index), sizeof value);
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
