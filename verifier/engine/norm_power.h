// SPDX-License-Identifier: Apache-2.0
// The terms and the root of a p-norm, with the roundings that the engine promises: p=1 and p=2 in the type
// itself (squares fused), any other p through double with one rounding for each term and for the root.
#pragma once

#include <cmath>

namespace padproof::verifier {

/// sum + |value|^p.
template <class T>
T add_power(T sum, T value, double p) {
  if (p == 1.0) return sum + std::abs(value);
  if (p == 2.0) return std::fma(value, value, sum);
  return sum + static_cast<T>(std::pow(static_cast<double>(std::abs(value)), p));
}

/// sum^(1/p).
template <class T>
T root(T sum, double p) {
  if (p == 1.0) return sum;
  if (p == 2.0) return std::sqrt(sum);
  return static_cast<T>(std::pow(static_cast<double>(sum), 1.0 / p));
}

}  // namespace padproof::verifier
