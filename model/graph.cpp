// SPDX-License-Identifier: Apache-2.0
#include "model/graph.h"

#include <fmt/format.h>

#include "model/locate.h"
#include "model/result.h"

namespace padproof::model {

const Function* find_function(const Model& model, const Node& node) {
  for (const Function& function : model.functions) {
    if (function.name == node.op_type && function.domain == node.domain && function.overload == node.overload) {
      return &function;
    }
  }
  return nullptr;
}

std::string display_name(const Graph& graph, const Node& node) {
  if (!node.name.empty()) return printable(node.name);
  for (const ValueId output : node.outputs) {
    if (output != kNoValue) return printable(graph.values[output].name);
  }
  return "#" + std::to_string(node.index);
}

Error at_node(Diagnostic diagnostic, const Graph& graph, const Node& node) {
  if (diagnostic.where.node.empty()) {
    diagnostic.where.node = fmt::format("{} '{}'", printable(node.op_type), display_name(graph, node));
  }
  return at_graph(std::move(diagnostic), graph);
}

Error at_graph(Diagnostic diagnostic, const Graph& graph) {
  if (diagnostic.where.graph.empty()) diagnostic.where.graph = graph.path;
  return Error(std::move(diagnostic));
}

}  // namespace padproof::model
