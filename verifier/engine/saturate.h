// SPDX-License-Identifier: Apache-2.0
// Conversions to integers that are defined for every value.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace padproof::verifier {

/// The nearest value of an integer type, after truncation towards zero; NaN is 0.
template <class Integer>
Integer saturate(double value) {
  static_assert(std::is_integral_v<Integer>);
  // max + 1 is a power of two, hence exact in double where max itself may not be.
  constexpr Integer kHalf = std::numeric_limits<Integer>::max() / 2 + 1;
  constexpr double kEnd = 2.0 * static_cast<double>(kHalf);
  constexpr double kLeast = static_cast<double>(std::numeric_limits<Integer>::min());
  if (std::isnan(value)) return 0;
  if (value >= kEnd) return std::numeric_limits<Integer>::max();
  if (value <= kLeast) return std::numeric_limits<Integer>::min();
  return static_cast<Integer>(value);
}

/// Round half to even, then clamp: how ONNX quantises.
template <class Integer>
Integer round_and_saturate(double value) {
  return saturate<Integer>(std::nearbyint(value));
}

}  // namespace padproof::verifier
