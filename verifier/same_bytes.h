// SPDX-License-Identifier: Apache-2.0
// Comparison of what may be hundreds of megabytes.
#pragma once

#include "model/tensor_ref.h"

namespace padproof::verifier {

/// On all cores.
bool same_bytes(model::Bytes left, model::Bytes right);

}  // namespace padproof::verifier
