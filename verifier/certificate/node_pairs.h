// SPDX-License-Identifier: Apache-2.0
// Which node stands for which, in both main graphs.
#pragma once

#include "verifier/certificate/certificate.h"

namespace padproof::verifier {

/// Fills certificate.nodes. By place where the graphs are laid out alike, as a converter leaves them;
/// otherwise by what the proof found.
model::Result<void> certify_nodes(const CertifiedPair& pair, schemas::Certificate& certificate);

}  // namespace padproof::verifier
