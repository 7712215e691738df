// SPDX-License-Identifier: Apache-2.0
// Suppressions of a policy that no model needs any more.
#pragma once

#include <string>
#include <vector>

#include "cli/inputs.h"
#include "report/build.h"
#include "verifier/gate/policy.h"

namespace padproof::cli {

/// Whether the gate came to the end of a model.
bool is_judged(const schemas::Model& model);

/// Adds a note for each suppression that is about one of the models and took nothing, because it would hide
/// what comes next. `taken` counts the findings that each took, model by model. Nothing is said of a
/// suppression if one of its models could not be judged.
void add_unused_suppressions(const verifier::Policy& policy, const std::string& policy_path,
                             const std::vector<InputFile>& models,
                             const std::vector<std::vector<std::size_t>>& taken, report::Message& report);

}  // namespace padproof::cli
