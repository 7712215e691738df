// SPDX-License-Identifier: Apache-2.0
// Turns a difference between two index maps into a concrete case with two different numbers.
#pragma once

#include <optional>

#include "verifier/evidence.h"
#include "verifier/proof/axis_map.h"

namespace padproof::verifier {

/// A case built around `difference` on `axis`. Nothing if the two outputs turn out equal after all (windows that
/// see no cell on another axis): then the difference refutes nothing.
/// Convolutions: weight 1 at one tap, ramp input. Maxima: a single 1 among -1. Averages and norms: ramp input.
std::optional<Witness> make_witness(const Window& source, const Window& target, std::size_t axis,
                                    const AxisDifference& difference);

}  // namespace padproof::verifier
