// SPDX-License-Identifier: Apache-2.0
// Runtimes that refuse or misread a node, before or after the rewrite. The rewrite follows the specification;
// these say where a runtime does not, so that "the numbers changed" has an explanation.
#pragma once

#include <vector>

#include "converter/plan.h"
#include "converter/resolve.h"

namespace padproof::converter {

void add_runtime_warnings(const WindowNode& window, const std::vector<AxisWindow>& axes, NodePlan& plan);

}  // namespace padproof::converter
