// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/moves.h"

#include <algorithm>

#include "verifier/engine/simd/strip.h"

namespace padproof::verifier::simd {
namespace {

std::uint64_t first_bits(std::int64_t count) {
  return (std::uint64_t{1} << static_cast<std::uint64_t>(count)) - 1;
}

/// Bit i of the lower half of a vector's bits moved to bit 2i.
std::uint64_t spread(std::uint64_t bits) {
  std::uint64_t result = 0;
  for (std::uint64_t i = 0; i < 8; ++i) result |= (bits >> i & 1U) << (2 * i);
  return result;
}

}  // namespace

PlaneWindow plane_window(const Window& window) {
  WindowAxis one;
  one.in = 1;
  one.out = 1;
  return {window.axes.size() > 1 ? window.axes[window.axes.size() - 2] : one, window.axes.back()};
}

Move move_of(const WindowAxis& axis, std::int64_t tap, std::int64_t first, std::int64_t count) {
  const std::int64_t from = first * axis.stride + tap * axis.dilation - axis.pad_begin;
  if (from >= axis.in) return {};
  const std::int64_t lead = from >= 0 ? 0 : std::min(count, (-from + axis.stride - 1) / axis.stride);
  const std::int64_t end = std::min(count, (axis.in - 1 - from) / axis.stride + 1);
  if (end <= lead) return {};
  const std::uint64_t mask = first_bits(end) & ~first_bits(lead);
  const std::int64_t half = std::max<std::int64_t>(1, lanes() / 2);
  if (axis.stride != 2) return {from, mask, 0, 0};
  return {from, mask, spread(mask & first_bits(half)), spread(mask >> static_cast<std::uint64_t>(half))};
}

}  // namespace padproof::verifier::simd
