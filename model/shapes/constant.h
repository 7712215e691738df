// SPDX-License-Identifier: Apache-2.0
// What is known of a tensor constant: type, shape and, if it is small, its elements.
#pragma once

#include "model/facts.h"
#include "model/result.h"
#include "model/tensor_ref.h"

namespace padproof::model {

/// Elements that are in another file are left unknown. Errors: negative dims, elements that contradict the
/// dims.
Result<ValueFacts> facts_of(const TensorRef& tensor);

}  // namespace padproof::model
