// SPDX-License-Identifier: Apache-2.0
// Arithmetic that is defined for every value: integers modulo 2^bits, floats as they are.
#pragma once

#include <cstdint>
#include <type_traits>

namespace padproof::verifier {

// Integers go through 64 unsigned bits, whose low ones are right for every width and either signedness.

template <class T>
T wrapping_sum(T left, T right) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right));
  else
    return left + right;
}

template <class T>
T wrapping_difference(T left, T right) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<std::uint64_t>(left) - static_cast<std::uint64_t>(right));
  else
    return left - right;
}

template <class T>
T wrapping_product(T left, T right) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<std::uint64_t>(left) * static_cast<std::uint64_t>(right));
  else
    return left * right;
}

}  // namespace padproof::verifier
