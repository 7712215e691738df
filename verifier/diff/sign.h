// SPDX-License-Identifier: Apache-2.0
// Whether a value can hold a number below zero, as far as the graph tells.
#pragma once

#include "verifier/proof/place.h"

namespace padproof::verifier {

/// True only where it is certain: behind Relu and its kin, through what keeps signs.
bool is_never_negative(const Place& place);

}  // namespace padproof::verifier
