// SPDX-License-Identifier: Apache-2.0
// What the gate found in a model.
#pragma once

#include <string>

#include "report/render.h"

namespace padproof::report {

/// New findings by rule, the most severe first, each with why it bites and what mends it; those that a
/// baseline file or the policy accepts, folded.
std::string html_findings(const Message& report, const schemas::Model& model);

}  // namespace padproof::report
