// SPDX-License-Identifier: Apache-2.0
// Writes a plan into an ONNX file, as a rope over the original.
//
// Before: the source's bytes. After: the same bytes but inside the rewritten nodes, where auto_pad (and what
// goes with it) is replaced by pads, and in the length prefixes of the messages around them.
#pragma once

#include <memory>

#include "converter/plan.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::converter {

/// Refused nodes are left as they are. The rope keeps `source` alive.
model::Result<std::shared_ptr<const model::Rope>> emit_onnx(const std::shared_ptr<const model::Rope>& source,
                                                            const Plan& plan);

}  // namespace padproof::converter
