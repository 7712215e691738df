// SPDX-License-Identifier: Apache-2.0
// What diff found, for people.
#pragma once

#include <string>
#include <vector>

#include "report/table.h"
#include "schemas/report.pb.h"

namespace padproof::report {

/// The layers that differ or could not be compared.
Table layers_table(const schemas::Alignment& alignment);

/// Reasons, what is left over, how sure the alignment is; then how much it matters: the first layer that
/// computes something else, how far the outputs move.
std::vector<std::string> diff_lines(const schemas::Model& model, bool color);

/// What stays open where no layer pads differently: `; the weights of 2 layers are not known to be the same`.
/// Empty where nothing does.
std::string left_open(const schemas::Model& model);

/// The layers without a counterpart, for formats that show them by themselves,
Table left_over_table(const schemas::Alignment& alignment);

/// and the lines of diff_lines() without them.
std::vector<std::string> matter_lines(const schemas::Model& model);

}  // namespace padproof::report
