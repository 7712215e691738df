// SPDX-License-Identifier: Apache-2.0
// A comparison with expected values, for people.
#pragma once

#include <string>
#include <vector>

#include "schemas/report.pb.h"

namespace padproof::report {

/// What was judged and how; the value closest to its bound; the first one beyond it; the first not judged.
std::vector<std::string> comparison_lines(const schemas::Comparison& comparison, bool color);

}  // namespace padproof::report
