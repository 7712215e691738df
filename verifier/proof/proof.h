// SPDX-License-Identifier: Apache-2.0
// Proves, or fails to prove, that two models compute the same for all inputs. Executes nothing, hashes
// nothing.
#pragma once

#include "model/deadline.h"
#include "model/facts.h"
#include "verifier/constant_comparison.h"
#include "verifier/evidence.h"

namespace padproof::verifier {

/// Both models with their facts, inferred independently of each other. What `constants` has compared is not
/// compared again; null: all is. Past the deadline nothing is proved and nothing refuted.
Proof prove(const model::Model& source, const model::GraphInstance& source_facts, const model::Model& target,
            const model::GraphInstance& target_facts, ConstantComparison* constants = nullptr,
            const model::Deadline& deadline = {});

}  // namespace padproof::verifier
