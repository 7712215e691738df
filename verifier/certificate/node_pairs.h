// SPDX-License-Identifier: Apache-2.0
// Which node stands for which.
#pragma once

#include "verifier/certificate/certificate.h"

namespace padproof::verifier {

/// Fills certificate.nodes with those of the main graphs. By place where the graphs are laid out alike, as a
/// converter leaves them; otherwise by what the proof found.
model::Result<void> certify_nodes(const CertifiedPair& pair, schemas::Certificate& certificate);

/// Whether nodes that stand at the same places are the same operators and read the same: what nodes at the
/// same places give, inputs and outer values of the same places and names, or constants.
bool are_laid_out_alike(const model::Graph& source, const model::Graph& target);

}  // namespace padproof::verifier
