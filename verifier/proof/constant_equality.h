// SPDX-License-Identifier: Apache-2.0
// Whether two constants hold the same elements, all weights of a model at the speed of memory.
#pragma once

#include "model/result.h"
#include "model/tensor_ref.h"

namespace padproof::verifier {

/// As model::same_elements; large raw data is compared on all cores.
model::Result<bool> same_constants(const model::TensorRef& source, const model::TensorRef& target);

}  // namespace padproof::verifier
