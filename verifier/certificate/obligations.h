// SPDX-License-Identifier: Apache-2.0
// What had to hold of the sliding-window nodes that differ, with the numbers that make it hold.
#pragma once

#include "verifier/certificate/certificate.h"

namespace padproof::verifier {

/// Fills certificate.obligations, from certificate.nodes; in subgraphs and functions nodes pair by their
/// place.
model::Result<void> certify_obligations(const CertifiedPair& pair, schemas::Certificate& certificate);

}  // namespace padproof::verifier
