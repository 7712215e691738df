// SPDX-License-Identifier: Apache-2.0
// Carries out moves within one instruction set, by stride. Included after lanes-inl.h, once for each.
#if defined(PADPROOF_MOVES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef PADPROOF_MOVES_INL_H
#undef PADPROOF_MOVES_INL_H
#else
#define PADPROOF_MOVES_INL_H
#endif

#include "verifier/engine/simd/lanes-inl.h"
#include "verifier/engine/simd/moves.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {

HWY_INLINE hn::Mask<Tag> mask_of(const std::uint64_t& bits) {
  return hn::LoadMaskBits(Tag(), reinterpret_cast<const std::uint8_t*>(&bits));
}

struct Neighbours {
  HWY_INLINE hn::Vec<Tag> operator()(const float* line, const Move& move) const {
    return load_masked(mask_of(move.mask), Tag(), address_at(line, bytes_of(move.from)));
  }
};

struct EverySecond {
  HWY_INLINE hn::Vec<Tag> operator()(const float* line, const Move& move) const {
#if HWY_TARGET == HWY_SCALAR
    return load_masked(mask_of(move.mask), Tag(), address_at(line, bytes_of(move.from)));
#else
    const auto low = load_masked(mask_of(move.low_mask), Tag(), address_at(line, bytes_of(move.from)));
    const auto high =
        load_masked(mask_of(move.high_mask), Tag(), address_at(line, bytes_of(move.from + kLanes)));
    return hn::ConcatEven(Tag(), high, low);
#endif
  }
};

struct Strided {
  std::int64_t stride;
  HWY_INLINE hn::Vec<Tag> operator()(const float* line, const Move& move) const {
    HWY_ALIGN float cells[kLanes];
    for (std::int64_t i = 0; i < kLanes; ++i)
      cells[i] = (move.mask >> static_cast<std::uint64_t>(i) & 1U) != 0 ? line[move.from + i * stride] : 0.0F;
    return hn::Load(Tag(), cells);
  }
};

/// Calls use(load) with the load for this stride.
template <class Use>
HWY_INLINE auto with_load(std::int64_t stride, Use&& use) {
  if (stride == 1) return use(Neighbours{});
  if (stride == 2) return use(EverySecond{});
  return use(Strided{stride});
}

}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // PADPROOF_MOVES_INL_H
