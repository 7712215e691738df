// SPDX-License-Identifier: Apache-2.0
// What of the layers' verdict a run can change.
#pragma once

#include "verifier/diff/numbers.h"

namespace padproof::verifier {

/// Whether some layer's weights are known to be others: then outputs say nothing.
bool has_other_weights(const PaddingDiff& diff);

/// Whether all layers that differ are transposed convolutions, whose pads crop the output.
bool crops_only(const PaddingDiff& diff);

}  // namespace padproof::verifier
