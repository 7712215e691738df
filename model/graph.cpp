// SPDX-License-Identifier: Apache-2.0
#include "model/graph.h"

#include <fmt/format.h>

#include "model/locate.h"
#include "model/result.h"
#include "model/side_files.h"

namespace padproof::model {
namespace {

// Tables are as wide as the longest name in them.
constexpr std::size_t kMostNameBytes = 400;

}  // namespace

const Function* find_function(const Model& model, const Node& node) {
  if (model.functions.empty()) return nullptr;
  const auto found = model.function_index.find(function_key(node.domain, node.op_type, node.overload));
  return found == model.function_index.end() ? nullptr : &model.functions[found->second];
}

Result<void> check_unchanged(const Model& model) {
  if (auto checked = model.source->check_unchanged(); !checked) return checked;
  return model.side_files == nullptr ? Result<void>() : model.side_files->check_unchanged();
}

std::string function_key(std::string_view domain, std::string_view name, std::string_view overload) {
  std::string key;
  for (const std::string_view part : {domain, name, overload})
    key += std::to_string(part.size()) + ':' + std::string(part);
  return key;
}

std::string display_name(const Graph& graph, const Node& node) {
  if (!node.name.empty()) return printable(node.name, kMostNameBytes);
  for (const ValueId output : node.outputs) {
    if (output != kNoValue) return printable(graph.values[output].name, kMostNameBytes);
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
