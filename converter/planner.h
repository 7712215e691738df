// SPDX-License-Identifier: Apache-2.0
// Decides for every sliding-window operator of a model what its explicit pads are.
#pragma once

#include "converter/plan.h"
#include "model/facts.h"
#include "model/result.h"

namespace padproof::converter {

/// `facts` is the model as inferred. Every operator that can carry auto_pad appears in the plan once, also
/// where it stands in a function that is called several times: if its calls need different pads it is
/// refused. An error means the model breaks the operators' specification.
model::Result<Plan> make_plan(const model::Model& model, const model::GraphInstance& facts);

}  // namespace padproof::converter
