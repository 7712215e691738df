// SPDX-License-Identifier: Apache-2.0
// Vectors over integers of 8 bits: widened, multiplied, brought back. All of it is exact modulo 2^32, so that
// the order of terms does not matter to the bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace padproof::verifier::simd {

/// Elements that widen() and interleave() may read or write beyond what they are asked for.
inline constexpr std::int64_t kIntegerSlack = 32;
/// Columns of a tile, at most.
inline constexpr std::int64_t kIntegerColumns = 64;
/// Rows that go through the cells together.
inline constexpr std::int64_t kIntegerRows = 8;

/// to[i] = from[i] - point for `count` bytes, signed or not.
void widen(const std::byte* from, bool is_signed, std::int32_t point, std::int64_t count, std::int16_t* to);

/// to[2*i] = even[i], to[2*i+1] = odd[i] for i in [0,count).
void interleave(const std::int16_t* even, const std::int16_t* odd, std::int64_t count, std::int16_t* to);

/// outputs[row][column] = sum over 2*pairs terms of weights[row][term] * cells[term][column], plus bias[row].
struct IntegerTile {
  const std::int16_t* weights = nullptr;
  std::int64_t weight_step = 0;         // even
  const std::int16_t* cells = nullptr;  // for each pair of terms kIntegerColumns pairs
  std::int64_t pairs = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int32_t* outputs = nullptr;
  std::int64_t output_step = 0;
  const std::int32_t* bias = nullptr;  // may be null
};
void multiply_integers(const IntegerTile& tile);

/// What `sums` stand for in bytes: round half to even of sum * multiplier, plus point, saturated.
struct Requantized {
  double multiplier = 1;  // finite
  std::int32_t point = 0;
  bool is_signed = false;
};
void requantize(const std::int32_t* sums, std::int64_t count, const Requantized& as, std::byte* to);

}  // namespace padproof::verifier::simd
