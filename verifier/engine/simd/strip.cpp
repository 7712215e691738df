// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/strip.h"

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/strip.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "verifier/engine/simd/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

// Accumulators, a row of cells and one weight must fit into the registers: 32 with AVX-512, otherwise 16.
// What is emulated has no use for registers, and takes minutes to compile with sanitizers if its loops are
// unrolled.
constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3;
constexpr std::size_t kMostVectors = kManyRegisters ? 4 : kIsEmulated ? 2 : 3;
constexpr std::size_t kMostRows = kManyRegisters ? 6 : kIsEmulated ? 2 : 4;

constexpr std::int64_t kFloatsOfLine = 16;

constexpr std::int64_t signed_of(std::size_t count) { return static_cast<std::int64_t>(count); }

/// One vector of a row: a whole one, or a narrower one with a mask.
struct WholeCells {
  Tag d;
  HWY_INLINE hn::Vec<Tag> load(const float* from) const { return hn::LoadU(d, from); }
  HWY_INLINE void store(hn::Vec<Tag> value, float* to) const { hn::StoreU(value, d, to); }
};
template <class D>
struct TailCells {
  D d;
  hn::Mask<D> mask;
  HWY_INLINE hn::Vec<D> load(const float* from) const { return load_masked(mask, d, from); }
  HWY_INLINE void store(hn::Vec<D> value, float* to) const { hn::BlendedStore(value, mask, d, to); }
};

/// RowCount x (Vectors full vectors, and one of TailTag if HasTail) outputs: their sums in registers.
template <std::size_t RowCount, std::size_t Vectors, bool HasTail, class TailTag>
class Tile {
 public:
  HWY_INLINE Tile(const Strip& strip, std::int64_t first, const TailCells<TailTag>& tail)
      : strip_(strip), tail_(tail), first_(first), outputs_(strip.outputs + first * strip.output_step) {}

  HWY_INLINE bool run() {
    if (strip_.from_zero)
      each([&](auto, auto& sum, auto cells) HWY_ATTR { sum = hn::Zero(cells.d); });
    else
      each([&](Place at, auto& sum, auto cells) HWY_ATTR { sum = cells.load(outputs_ + place(at)); });
    add_terms();
    const bool finite = strip_.finish == nullptr || finish(*strip_.finish);
    each([&](Place at, auto& sum, auto cells) HWY_ATTR { cells.store(sum, outputs_ + place(at)); });
    return finite;
  }

 private:
  struct Place {
    std::int64_t row;
    std::int64_t column;
  };
  [[nodiscard]] HWY_INLINE std::int64_t place(Place at) const {
    return at.row * strip_.output_step + at.column;
  }

  /// Calls step(place, sums, cells) for each vector of the tile.
  template <class Step>
  HWY_INLINE void each(Step&& step) {
    PADPROOF_UNROLL
    for (std::size_t r = 0; r < RowCount; ++r) {
      PADPROOF_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v)
        step(Place{signed_of(r), signed_of(v) * kLanes}, sums_[r][v], WholeCells{});
      if (HasTail) step(Place{signed_of(r), signed_of(Vectors) * kLanes}, tails_[r], tail_);
    }
  }

  // What is read next is mostly still in memory, or far away.
  HWY_INLINE void fetch_weights(const std::byte* weights) const {
    const std::int64_t row_bytes = bytes_of(strip_.weight_step);
    PADPROOF_UNROLL
    for (std::size_t r = 0; r < RowCount; ++r)
      hwy::Prefetch(address_at(weights, signed_of(RowCount + r) * row_bytes));
  }
  HWY_INLINE void fetch_addend() {
    const float* const addend = strip_.finish->addend + first_ * strip_.output_step;
    each([&](Place at, auto&, auto) HWY_ATTR { hwy::Prefetch(addend + place(at)); });
  }

  HWY_INLINE void add_terms() {
    constexpr Tag kTag;
    constexpr std::size_t kHalf = RowCount / 2;
    const std::int64_t step = bytes_of(strip_.weight_step);
    // Two pointers reach all rows by multiples of one step: more would not fit the registers.
    const std::byte* upper = strip_.weights + bytes_of(first_ * strip_.weight_step);
    const std::byte* lower = upper + signed_of(kHalf) * step;
    if (strip_.finish != nullptr && strip_.finish->addend != nullptr) fetch_addend();
    for (std::int64_t k = 0; k < strip_.depth; ++k) {
      const float* const cells = strip_.cells + strip_.terms[k];
      if (k % kFloatsOfLine == 0) fetch_weights(upper);
      hn::Vec<Tag> row[Vectors + 1];
      PADPROOF_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v) row[v] = hn::LoadU(kTag, cells + signed_of(v) * kLanes);
      hn::Vec<TailTag> last = hn::Zero(tail_.d);
      if (HasTail) last = tail_.load(cells + signed_of(Vectors) * kLanes);
      PADPROOF_UNROLL
      for (std::size_t r = 0; r < RowCount; ++r) {
        const std::byte* const weights =
            r < kHalf ? upper + signed_of(r) * step : lower + signed_of(r - kHalf) * step;
        const float weight = float_at(weights, 0);
        PADPROOF_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v)
          sums_[r][v] = fused(kTag, hn::Set(kTag, weight), row[v], sums_[r][v]);
        if (HasTail) tails_[r] = fused(tail_.d, hn::Set(tail_.d, weight), last, tails_[r]);
      }
      upper += sizeof(float);
      lower += sizeof(float);
    }
  }

  // Infinity and NaN times 0 are NaN, and whatever is not finite stays so.
  HWY_INLINE bool finish(const Finish& finish) {
    if (finish.bias != nullptr)
      each([&](Place at, auto& sum, auto cells)
               HWY_ATTR { sum = hn::Add(sum, hn::Set(cells.d, finish.bias[first_ + at.row])); });
    if (finish.addend != nullptr)
      each([&](Place at, auto& sum, auto cells) HWY_ATTR {
        sum = hn::Add(sum, cells.load(finish.addend + first_ * strip_.output_step + place(at)));
      });
    // A chain for each vector: one for all would be waited for.
    hn::Vec<Tag> spoiled[Vectors + 1];
    PADPROOF_UNROLL
    for (std::size_t v = 0; v < Vectors + 1; ++v) spoiled[v] = hn::Zero(Tag());
    hn::Vec<TailTag> tail_spoiled = hn::Zero(tail_.d);
    PADPROOF_UNROLL
    for (std::size_t r = 0; r < RowCount; ++r) {
      PADPROOF_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v)
        spoiled[v] = fused(Tag(), sums_[r][v], hn::Zero(Tag()), spoiled[v]);
      if (HasTail) tail_spoiled = fused(tail_.d, tails_[r], hn::Zero(tail_.d), tail_spoiled);
    }
    PADPROOF_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) spoiled[Vectors] = hn::Add(spoiled[Vectors], spoiled[v]);
    if (finish.has_least || finish.has_most)
      each([&](auto, auto& sum, auto cells) HWY_ATTR { sum = clamped(cells.d, finish, sum); });
    return hn::AllTrue(Tag(), hn::Eq(spoiled[Vectors], hn::Zero(Tag()))) &&
           (!HasTail || hn::AllTrue(tail_.d, hn::Eq(tail_spoiled, hn::Zero(tail_.d))));
  }

  const Strip& strip_;
  const TailCells<TailTag>& tail_;
  std::int64_t first_;
  float* outputs_;
  hn::Vec<Tag> sums_[RowCount][Vectors + 1];
  hn::Vec<TailTag> tails_[RowCount];
};

template <std::size_t Vectors, bool HasTail, class TailTag>
bool run_rows(const Strip& strip, const TailCells<TailTag>& tail) {
  bool finite = true;
  std::int64_t row = 0;
  for (; row + signed_of(kMostRows) <= strip.rows; row += signed_of(kMostRows))
    finite = Tile<kMostRows, Vectors, HasTail, TailTag>(strip, row, tail).run() && finite;
  for (; row + 2 <= strip.rows; row += 2)
    finite = Tile<2, Vectors, HasTail, TailTag>(strip, row, tail).run() && finite;
  for (; row < strip.rows; ++row)
    finite = Tile<1, Vectors, HasTail, TailTag>(strip, row, tail).run() && finite;
  return finite;
}

template <std::size_t Vectors = 1>
bool run_whole(const Strip& strip, std::int64_t vectors) {
  const TailCells<Tag> none{Tag(), hn::FirstN(Tag(), 0)};
  if constexpr (Vectors < kMostVectors)
    if (vectors > signed_of(Vectors)) return run_whole<Vectors + 1>(strip, vectors);
  return run_rows<Vectors, false>(strip, none);
}

template <std::size_t Lanes, std::size_t Vectors = 0>
bool run_with_tail(const Strip& strip, std::int64_t vectors, std::int64_t tail) {
  if constexpr (Vectors + 1 < kMostVectors)
    if (vectors > signed_of(Vectors)) return run_with_tail<Lanes, Vectors + 1>(strip, vectors, tail);
  const hn::CappedTag<float, Lanes> d;
  return run_rows<Vectors, true>(
      strip, TailCells<hn::CappedTag<float, Lanes>>{d, hn::FirstN(d, static_cast<std::size_t>(tail))});
}

bool run(const Strip& strip) {
  const std::int64_t vectors = strip.columns / kLanes;
  const std::int64_t tail = strip.columns % kLanes;
  if (tail == 0) return run_whole(strip, vectors);
    // Narrower tails are only faster, and take the sanitizers half a minute to compile.
#if !HWY_IS_ASAN && !HWY_IS_TSAN
  if (tail <= 4) return run_with_tail<4>(strip, vectors, tail);
  if (kLanes >= 16 && tail <= 8) return run_with_tail<8>(strip, vectors, tail);
#endif
  return run_with_tail<16>(strip, vectors, tail);
}

std::int64_t lane_count() { return kLanes; }
std::int64_t widest() { return kLanes * signed_of(kMostVectors); }

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {

HWY_EXPORT(run);
HWY_EXPORT(lane_count);
HWY_EXPORT(widest);

bool run_strip(const Strip& strip) { return HWY_DYNAMIC_DISPATCH(run)(strip); }
std::int64_t lanes() { return HWY_DYNAMIC_DISPATCH(lane_count)(); }
std::int64_t most_columns() { return HWY_DYNAMIC_DISPATCH(widest)(); }

}  // namespace padproof::verifier::simd
#endif
