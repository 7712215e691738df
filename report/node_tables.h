// SPDX-License-Identifier: Apache-2.0
// The tables of a model's nodes and outputs.
#pragma once

#include "report/table.h"
#include "schemas/report.pb.h"

namespace padproof::report {

/// Sliding-window nodes with their padding; while `inspecting` nothing is called rewritten.
Table windows_table(const schemas::Model& model, bool inspecting);

/// Of a pair of models the nodes that are not identical: the others are not worth a line.
Table pairs_table(const schemas::Model& model);

/// What a run gave.
Table outputs_table(const schemas::Model& model);

}  // namespace padproof::report
