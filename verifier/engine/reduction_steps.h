// SPDX-License-Identifier: Apache-2.0
// The last step of a reduction, for floats and for integers: where the result is not an integer, an integer
// is truncated.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "verifier/engine/saturate.h"

namespace padproof::verifier {

/// As an element: floats rounded, integers truncated.
template <class T>
T narrowed_to(double value) {
  if constexpr (std::is_integral_v<T>)
    return saturate<T>(value);
  else
    return static_cast<T>(value);
}

/// The mean of nothing is NaN for floats, 0 for integers.
template <class T>
void divide_by_count(T& sum, std::int64_t count) {
  if constexpr (std::is_floating_point_v<T>)
    sum /= static_cast<T>(count);
  else if constexpr (std::is_signed_v<T>)
    sum = count == 0 ? T{0} : static_cast<T>(static_cast<std::int64_t>(sum) / count);
  else
    sum = count == 0 ? T{0}
                     : static_cast<T>(static_cast<std::uint64_t>(sum) / static_cast<std::uint64_t>(count));
}

template <class T>
void take_root(T& value) {
  if constexpr (std::is_floating_point_v<T>)
    value = std::sqrt(value);
  else
    value = narrowed_to<T>(std::sqrt(static_cast<double>(value)));
}

}  // namespace padproof::verifier
