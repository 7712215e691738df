// SPDX-License-Identifier: Apache-2.0
// One model from implicit to explicit. The judge is a parameter: the converter can refuse to hand out an
// unproved target without knowing how it is judged.
#pragma once

#include <functional>
#include <memory>

#include "converter/plan.h"
#include "model/facts.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::converter {

/// Whether `target` computes what `source` does. Any opinion but true keeps the target from being published.
using Judge = std::function<model::Result<bool>(
    const model::Model& source, const model::GraphInstance& source_facts, const model::Model& target)>;

struct Conversion {
  Plan plan;
  bool approved = false;                      // nothing was refused, and the judge said yes
  std::shared_ptr<const model::Rope> target;  // null if a node was refused
};

/// `facts` is `source` as inferred. A null judge approves everything (`--verify none`).
model::Result<Conversion> convert(const model::Model& source, const model::GraphInstance& facts,
                                  const Judge& judge);

}  // namespace padproof::converter
