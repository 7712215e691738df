// SPDX-License-Identifier: Apache-2.0
// What float32 may make of the places and weights of one axis of a Resize.
//
// A place is a few operations on numbers of its own size, so it is off by 6u |place| cells at most, and 6u of
// what is added on the way; by nothing where every step is exact, as for scales that are powers of two. A
// filter of slope L over n cells moves its weights by n L times that in sum, and their sum stays 1. Beside
// that each weight is rounded.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/engine/resize_axis.h"

namespace padproof::verifier {

/// Which side of the region of interest a result cell lies on.
enum class Side { kInside, kOutside, kEither };

/// What one result cell of an axis may be made from.
struct PlaceReach {
  Side side = Side::kInside;
  std::int64_t first = 0;  // input cells
  std::int64_t last = 0;
  double size = 1;     // of all weights in sum
  double moved = 0;    // what they change by in sum, and their sum does not
  double rounded = 0;  // what they change by in sum beside that

  [[nodiscard]] double most() const { return size + moved + rounded; }
  [[nodiscard]] double cells() const { return static_cast<double>(last - first + 1); }
};

/// For each result cell of the axis. `is_spatial`: engines may filter here even if nothing is resized.
/// `rounded` and `moved` are infinite where the weights cannot be bounded. Requires in > 0.
std::vector<PlaceReach> place_reaches(const ResizeStyle& style, const ResizeAxis& axis, bool is_spatial);

}  // namespace padproof::verifier
