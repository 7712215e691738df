// SPDX-License-Identifier: Apache-2.0
// Turns a difference between two index maps into a concrete case with two different numbers.
#pragma once

#include <optional>

#include "verifier/evidence.h"
#include "verifier/proof/axis_map.h"

namespace padproof::verifier {

/// Pools of larger windows are not tried.
inline constexpr std::int64_t kMostWitnessTaps = std::int64_t{1} << 22;

/// What it takes to work out one output, at most kMostWitnessTaps + 1.
std::int64_t witness_taps(const Window& window);

/// A case built around `difference` on `axis`. Nothing if the two outputs turn out equal after all (windows
/// that see no cell on another axis), or if the window is too large to try: then the difference refutes
/// nothing. Convolutions: weight 1 at one tap, ramp input. Maxima: a single 1 among -1. Averages and norms:
/// ramp input.
std::optional<Witness> make_witness(const Window& source, const Window& target, std::size_t axis,
                                    const AxisDifference& difference);

}  // namespace padproof::verifier
