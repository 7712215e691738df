// SPDX-License-Identifier: Apache-2.0
// What diff found, for people.
#pragma once

#include <string>

#include "schemas/report.pb.h"

namespace padproof::report {

/// A table of the layers that differ or could not be compared, what is left over, and how sure the alignment
/// is.
std::string alignment_text(const schemas::Alignment& alignment, bool color);

/// How much it matters: the first layer that computes something else, how far the outputs move.
std::string numbers_text(const schemas::Model& model);

}  // namespace padproof::report
