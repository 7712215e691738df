// SPDX-License-Identifier: Apache-2.0
// One vector of cells that neighbouring windows read at one tap, whatever their stride, padding being 0.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/window.h"

namespace padproof::verifier::simd {

/// The two innermost axes of a window; of one axis the outer is trivial.
struct PlaneWindow {
  WindowAxis rows;
  WindowAxis columns;
  [[nodiscard]] std::int64_t taps() const { return rows.kernel * columns.kernel; }
};
PlaneWindow plane_window(const Window& window);

/// Taps that the fast path looks at, one by one: windows with more are the oracle's.
inline constexpr std::int64_t kMostTaps = 512;

/// Lane i, where bit i of `mask` is set, is the cell at `from` + i*stride; the other lanes are 0.
struct Move {
  std::int64_t from = 0;
  std::uint64_t mask = 0;
  std::uint64_t low_mask = 0;  // for stride 2: the even lanes of the two vectors that are read
  std::uint64_t high_mask = 0;
};

/// The cells of a line that windows [first, first+count) of an axis read at `tap`; count is at most lanes().
Move move_of(const WindowAxis& axis, std::int64_t tap, std::int64_t first, std::int64_t count);

}  // namespace padproof::verifier::simd
