// SPDX-License-Identifier: Apache-2.0
// The way from a window's data up to a Pad, through what only moves axes or gives back what it is given.
//
// Before:     Pad(x) -> Transpose, Cast to the same type, Dropout, QuantizeLinear and DequantizeLinear ->
// window. After:      the same nodes on x, and the pads at the window, along the axes to which the Transposes
// move them. Conditions: Dropout does not train; what is quantised is 0 in the Pad, which comes back as 0
// whatever the
//             scale and zero point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "verifier/proof/place.h"

namespace padproof::verifier {

inline constexpr std::size_t kNoAxis = SIZE_MAX;

/// A place on the way up from a window's data.
struct WayUp {
  Place at;
  std::vector<std::size_t> axes;  // of the window's data, as axes here; kNoAxis: of one cell, and not here
  std::size_t rank = 0;           // here
  bool for_zeros_only = false;
};

WayUp way_up_from(const Place& data, std::size_t rank);

/// Further up to the next Pad; false if something else is in the way.
bool climb_to_pad(WayUp& way);

}  // namespace padproof::verifier
