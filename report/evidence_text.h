// SPDX-License-Identifier: Apache-2.0
// What running a model showed, line by line.
#pragma once

#include <string>
#include <vector>

#include "schemas/report.pb.h"

namespace padproof::report {

/// Problems, assumptions, and how many nodes are proved in which way.
std::vector<std::string> proof_lines(const schemas::Proof& proof, bool color);

/// Both models of a pair over the same inputs.
std::vector<std::string> execution_lines(const schemas::Execution& execution, bool color);

/// What was judged and how; the value closest to its bound; the first one beyond it; the first not judged.
std::vector<std::string> comparison_lines(const schemas::Comparison& comparison, bool color);

}  // namespace padproof::report
