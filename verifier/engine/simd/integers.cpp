// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/integers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/integers.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Loops over rows and vectors must go, or the sums stay in memory.
#undef PADPROOF_UNROLL
#ifdef __clang__
#define PADPROOF_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PADPROOF_UNROLL _Pragma("GCC unroll 8")
#endif

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Words = hn::CappedTag<std::int16_t, 16>;
using Sums = hn::CappedTag<std::int32_t, 16>;
using Reals = hn::CappedTag<double, 8>;

template <class Byte>
void widen_as(const std::byte* from, std::int32_t point, std::int64_t count, std::int16_t* to) {
  const Words d;
  const auto* const bytes = reinterpret_cast<const Byte*>(from);
  const auto less = hn::Set(d, static_cast<std::int16_t>(point));
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::Sub(hn::PromoteTo(d, hn::LoadU(hn::Rebind<Byte, Words>(), bytes + i)), less), d, to + i);
  for (; i < count; ++i) to[i] = static_cast<std::int16_t>(bytes[i] - point);
}

void widen_bytes(const std::byte* from, bool is_signed, std::int32_t point, std::int64_t count,
                 std::int16_t* to) {
  is_signed ? widen_as<std::int8_t>(from, point, count, to) : widen_as<std::uint8_t>(from, point, count, to);
}

void interleave_words(const std::int16_t* even, const std::int16_t* odd, std::int64_t count,
                      std::int16_t* to) {
  const Words d;
  for (std::int64_t i = 0; i < count; i += static_cast<std::int64_t>(hn::Lanes(d)))
    hn::StoreInterleaved2(hn::LoadU(d, even + i), hn::LoadU(d, odd + i), d, to + 2 * i);
}

#if HWY_TARGET == HWY_SCALAR

// Its vectors of one sum have no room for a pair of words.
void multiply_tile(const IntegerTile& tile) {
  for (std::int64_t row = 0; row < tile.rows; ++row) {
    for (std::int64_t column = 0; column < tile.columns; ++column) {
      std::uint32_t sum = tile.bias == nullptr ? 0 : static_cast<std::uint32_t>(tile.bias[row]);
      for (std::int64_t term = 0; term < 2 * tile.pairs; ++term) {
        const std::int64_t cell = 2 * (term / 2 * kIntegerColumns + column) + term % 2;
        sum += static_cast<std::uint32_t>(tile.weights[row * tile.weight_step + term] * tile.cells[cell]);
      }
      tile.outputs[row * tile.output_step + column] = static_cast<std::int32_t>(sum);
    }
  }
}

#else

using Pairs = hn::Repartition<std::int16_t, Sums>;
// Sums, and products on their way to them, must fit into the registers: 32 with AVX-512, otherwise 16.
constexpr std::size_t kVectors = hn::MaxLanes(Sums()) == 16 ? 2 : 1;

/// Rows [row, row+kRows) of the columns from `column` on.
template <std::size_t kRows, std::size_t kCount>
HWY_INLINE void multiply_some(const IntegerTile& tile, std::int64_t row, std::int64_t column) {
  const Sums d;
  const Pairs pairs;
  constexpr auto kLanes = static_cast<std::int64_t>(hn::MaxLanes(Sums()));
  hn::Vec<Sums> sums[kRows][kCount];
  hn::Vec<Sums> others[kRows][kCount];  // where an instruction set adds the pairs' halves apart
  PADPROOF_UNROLL
  for (std::size_t r = 0; r < kRows; ++r) {
    PADPROOF_UNROLL
    for (std::size_t v = 0; v < kCount; ++v) sums[r][v] = others[r][v] = hn::Zero(d);
  }
  const std::int16_t* cells = tile.cells + 2 * column;
  const std::int16_t* weights = tile.weights + row * tile.weight_step;
  for (std::int64_t pair = 0; pair < tile.pairs; ++pair) {
    hn::Vec<Pairs> x[kCount];
    PADPROOF_UNROLL
    for (std::size_t v = 0; v < kCount; ++v)
      x[v] = hn::LoadU(pairs, cells + 2 * kLanes * static_cast<std::int64_t>(v));
    PADPROOF_UNROLL
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t both = 0;
      std::memcpy(&both, weights + static_cast<std::int64_t>(r) * tile.weight_step, sizeof both);
      const auto w = hn::BitCast(pairs, hn::Set(d, both));
      PADPROOF_UNROLL
      for (std::size_t v = 0; v < kCount; ++v)
        sums[r][v] = hn::ReorderWidenMulAccumulate(d, w, x[v], sums[r][v], others[r][v]);
    }
    cells += 2 * kIntegerColumns;
    weights += 2;
  }
  PADPROOF_UNROLL
  for (std::size_t r = 0; r < kRows; ++r) {
    const std::int64_t at = row + static_cast<std::int64_t>(r);
    const auto bias = hn::Set(d, tile.bias == nullptr ? 0 : tile.bias[at]);
    PADPROOF_UNROLL
    for (std::size_t v = 0; v < kCount; ++v) {
      const std::int64_t to = column + kLanes * static_cast<std::int64_t>(v);
      const std::int64_t rest = std::clamp<std::int64_t>(tile.columns - to, 0, kLanes);
      const auto sum = hn::Add(hn::Add(sums[r][v], others[r][v]), bias);
      hn::BlendedStore(sum, hn::FirstN(d, static_cast<std::size_t>(rest)), d,
                       tile.outputs + at * tile.output_step + to);
    }
  }
}

template <std::size_t kCount>
void multiply_columns(const IntegerTile& tile, std::int64_t column) {
  std::int64_t row = 0;
  for (; row + kIntegerRows <= tile.rows; row += kIntegerRows)
    multiply_some<kIntegerRows, kCount>(tile, row, column);
  for (; row + 2 <= tile.rows; row += 2) multiply_some<2, kCount>(tile, row, column);
  for (; row < tile.rows; ++row) multiply_some<1, kCount>(tile, row, column);
}

void multiply_tile(const IntegerTile& tile) {
  constexpr auto kLanes = static_cast<std::int64_t>(hn::MaxLanes(Sums()));
  constexpr auto kMost = static_cast<std::int64_t>(kVectors) * kLanes;
  for (std::int64_t column = 0; column < tile.columns; column += kMost) {
    if (tile.columns - column <= kLanes)
      multiply_columns<1>(tile, column);
    else
      multiply_columns<kVectors>(tile, column);
  }
}

#endif

template <class Byte>
void requantize_as(const std::int32_t* sums, std::int64_t count, double multiplier, double point, Byte* to) {
  using Limits = std::numeric_limits<Byte>;
  const Reals d;
  const hn::Rebind<std::int32_t, Reals> integers;
  const hn::Rebind<Byte, Reals> bytes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto scale = hn::Set(d, multiplier);
  const auto least = hn::Set(d, static_cast<double>(Limits::min()));
  const auto most = hn::Set(d, static_cast<double>(Limits::max()));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto real = hn::Mul(hn::PromoteTo(d, hn::LoadU(integers, sums + i)), scale);
    const auto shifted = hn::Add(hn::Round(real), hn::Set(d, point));
    const auto clamped = hn::Min(hn::Max(shifted, least), most);
    hn::StoreU(hn::DemoteTo(bytes, hn::DemoteTo(integers, clamped)), bytes, to + i);
  }
  for (; i < count; ++i) {
    const double shifted = std::nearbyint(sums[i] * multiplier) + point;
    to[i] = static_cast<Byte>(std::clamp<double>(shifted, Limits::min(), Limits::max()));
  }
}

void requantize_bytes(const std::int32_t* sums, std::int64_t count, const Requantized& as, std::byte* to) {
  if (as.is_signed)
    requantize_as(sums, count, as.multiplier, as.point, reinterpret_cast<std::int8_t*>(to));
  else
    requantize_as(sums, count, as.multiplier, as.point, reinterpret_cast<std::uint8_t*>(to));
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {

HWY_EXPORT(widen_bytes);
HWY_EXPORT(interleave_words);
HWY_EXPORT(multiply_tile);
HWY_EXPORT(requantize_bytes);

void widen(const std::byte* from, bool is_signed, std::int32_t point, std::int64_t count, std::int16_t* to) {
  HWY_DYNAMIC_DISPATCH(widen_bytes)(from, is_signed, point, count, to);
}

void interleave(const std::int16_t* even, const std::int16_t* odd, std::int64_t count, std::int16_t* to) {
  HWY_DYNAMIC_DISPATCH(interleave_words)(even, odd, count, to);
}

void multiply_integers(const IntegerTile& tile) { HWY_DYNAMIC_DISPATCH(multiply_tile)(tile); }

void requantize(const std::int32_t* sums, std::int64_t count, const Requantized& as, std::byte* to) {
  HWY_DYNAMIC_DISPATCH(requantize_bytes)(sums, count, as, to);
}

}  // namespace padproof::verifier::simd
#endif
