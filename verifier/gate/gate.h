// SPDX-License-Identifier: Apache-2.0
// The gate's judgement of one model: every rule, and what changed against the last good export.
#pragma once

#include <vector>

#include "model/facts.h"
#include "verifier/diff/numbers.h"
#include "verifier/gate/policy.h"
#include "verifier/gate/window_case.h"

namespace padproof::verifier {

/// What can be said of a model whose shapes cannot be inferred for it: pads below zero.
std::vector<Finding> check_text(const model::Model& model);

/// All rules on all nodes, off or not. `contradictions` are what inference told of declared shapes. `scan`,
/// unless null, bounds the look at weights and says whether that was the end of it.
std::vector<Finding> check_rules(const model::GraphInstance& facts,
                                 const std::vector<model::Diagnostic>& contradictions,
                                 WeightScan* scan = nullptr);

/// What differs from the baseline, which is the source of `diff` and `numbers` (null: not run).
std::vector<Finding> check_baseline(const PaddingDiff& diff, const DiffNumbers* numbers,
                                    const Policy& policy);

/// Whether it is new and as severe as the policy does not let pass.
bool breaks_gate(const Policy& policy, const Finding& finding);

}  // namespace padproof::verifier
