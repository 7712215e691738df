// SPDX-License-Identifier: Apache-2.0
// The one number that all elements of a value are, where the graph tells: of constants, and through what
// exporters put between a constant and its reader.
#pragma once

#include <optional>

#include "verifier/proof/place.h"

namespace padproof::verifier {

/// Nothing for what is computed from inputs, holds several numbers, or is of a type without plain numbers.
/// Integers beyond 2^53 are rounded.
std::optional<double> uniform_value(const Place& place);

}  // namespace padproof::verifier
