// SPDX-License-Identifier: Apache-2.0
// Says where in a model a diagnostic belongs.
#pragma once

#include "model/graph.h"
#include "model/result.h"

namespace padproof::model {

/// Adds graph and node to a diagnostic that has none yet.
Error at_node(Diagnostic diagnostic, const Graph& graph, const Node& node);

/// Adds the graph to a diagnostic that has none yet.
Error at_graph(Diagnostic diagnostic, const Graph& graph);

}  // namespace padproof::model
