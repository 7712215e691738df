// SPDX-License-Identifier: Apache-2.0
// Which value wins in a maximum or minimum: the earlier of equals, and NaN over everything.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

namespace padproof::verifier {

template <class T>
bool is_not_a_number(T value) {
  if constexpr (std::is_floating_point_v<T>)
    return std::isnan(value);
  else
    return false;
}

template <class T>
bool beats_maximum(T candidate, T best) {
  return candidate > best || (is_not_a_number(candidate) && !is_not_a_number(best));
}

template <class T>
bool beats_minimum(T candidate, T best) {
  return candidate < best || (is_not_a_number(candidate) && !is_not_a_number(best));
}

/// The maximum of nothing: minus infinity, or the type's least value.
template <class T>
constexpr T least_value() {
  if constexpr (std::numeric_limits<T>::has_infinity)
    return -std::numeric_limits<T>::infinity();
  else
    return std::numeric_limits<T>::lowest();
}

/// The minimum of nothing.
template <class T>
constexpr T greatest_value() {
  if constexpr (std::numeric_limits<T>::has_infinity)
    return std::numeric_limits<T>::infinity();
  else
    return std::numeric_limits<T>::max();
}

}  // namespace padproof::verifier
