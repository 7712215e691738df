// SPDX-License-Identifier: Apache-2.0
// --input-shape and --assume: what they mean for a second model, whose inputs and open extents may have other
// names, and where they are needed.
#pragma once

#include <string>

#include "model/facts.h"
#include "model/graph.h"
#include "model/inference.h"

namespace padproof::cli {

/// Shapes for `model` out of what was given for it and the `other` one: a shape that names an input of the
/// other model is that of the input at the same place. Where an input declares its channels last, or first,
/// and the shape has them otherwise, they are moved. So it is with assumptions; one of an extent that is
/// fixed in `model` is left out.
model::InferenceOptions shapes_for(const model::Model& model, const model::Model& other,
                                   const model::InferenceOptions& inference);

/// "; give the size of x (1x3xHxW) with --input-shape, ...", of the inputs whose size is open; empty if none.
std::string advice_on_open_sizes(const model::GraphInstance& facts);

}  // namespace padproof::cli
