// SPDX-License-Identifier: Apache-2.0
// --input-shape where two models are read: their inputs may have other names.
#pragma once

#include "model/graph.h"
#include "model/inference.h"

namespace padproof::cli {

/// Shapes for `model` out of what was given for it and the `other` one: a shape that names an input of the
/// other model is that of the input at the same place. Where an input declares its channels last, or first,
/// and the shape has them otherwise, they are moved.
model::InferenceOptions shapes_for(const model::Model& model, const model::Model& other,
                                   const model::InferenceOptions& inference);

}  // namespace padproof::cli
