// SPDX-License-Identifier: Apache-2.0
// Ties names to producers and orders nodes, after a whole model has been read.
#include <algorithm>
#include <functional>
#include <queue>

#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

// The id in `graph` of a name that a subgraph needs; passes the need outwards. kNoValue if nobody produces
// it.
ValueId find_outwards(Graph* graph, std::string_view name) {
  if (graph == nullptr) return kNoValue;
  const auto found = graph->value_by_name.find(name);
  if (found != graph->value_by_name.end()) {
    Value& value = graph->values[found->second];
    if (value.kind != ValueKind::kOuter || value.outer != kNoValue) return found->second;
    value.outer = find_outwards(const_cast<Graph*>(graph->parent), name);
    return value.outer == kNoValue ? kNoValue : found->second;
  }
  const ValueId outer = find_outwards(const_cast<Graph*>(graph->parent), name);
  if (outer == kNoValue) return kNoValue;
  const ValueId id = intern(*graph, name);
  graph->values[id].outer = outer;
  return id;
}

Error undefined_value(const Graph& graph, ValueId id) {
  const std::string name(graph.values[id].name);
  for (const Node& node : graph.nodes) {
    if (std::find(node.inputs.begin(), node.inputs.end(), id) != node.inputs.end()) {
      return at_node(malformed("undefined-value", "nothing produces the input '" + name + "'").value(), graph,
                     node);
    }
  }
  return at_graph(malformed("undefined-value", "nothing produces the output '" + name + "'").value(), graph);
}

Result<void> resolve_outer_values(Graph& graph) {
  for (ValueId id = 0; id < graph.values.size(); ++id) {
    Value& value = graph.values[id];
    if (value.kind != ValueKind::kOuter || value.outer != kNoValue) continue;
    const ValueId outer = find_outwards(const_cast<Graph*>(graph.parent), value.name);
    if (outer == kNoValue) return undefined_value(graph, id);
    graph.values[id].outer = outer;
  }
  return {};
}

void set_path(Graph& subgraph, const Graph& graph, const Node& node, const Attribute& attribute) {
  subgraph.path = graph.path + "/" + display_name(graph, node) + "." + printable(attribute.name);
}

void collect_captures(Node& node) {
  for (const Attribute& attribute : node.attributes) {
    for (const auto& subgraph : attribute.graphs) {
      for (const Value& value : subgraph->values) {
        if (value.kind == ValueKind::kOuter) node.captures.push_back(value.outer);
      }
    }
  }
  std::sort(node.captures.begin(), node.captures.end());
  node.captures.erase(std::unique(node.captures.begin(), node.captures.end()), node.captures.end());
}

template <class Visit>
void for_each_dependency(const Graph& graph, const Node& node, Visit visit) {
  for (const auto* list : {&node.inputs, &node.captures}) {
    for (const ValueId id : *list) {
      if (id != kNoValue && graph.values[id].kind == ValueKind::kNodeOutput) visit(graph.values[id].producer);
    }
  }
}

bool is_sorted_already(const Graph& graph) {
  bool sorted = true;
  for (const Node& node : graph.nodes) {
    for_each_dependency(graph, node,
                        [&](std::uint32_t producer) { sorted = sorted && producer < node.index; });
  }
  return sorted;
}

// Kahn's algorithm, lowest index first: the file's own order wherever it is possible.
Result<void> sort_nodes(Graph& graph) {
  std::vector<std::uint32_t> missing(graph.nodes.size(), 0);
  std::vector<std::vector<std::uint32_t>> consumers(graph.nodes.size());
  for (const Node& node : graph.nodes) {
    for_each_dependency(graph, node, [&](std::uint32_t producer) {
      consumers[producer].push_back(node.index);
      ++missing[node.index];
    });
  }
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
  for (std::uint32_t i = 0; i < missing.size(); ++i) {
    if (missing[i] == 0) ready.push(i);
  }
  while (!ready.empty()) {
    const std::uint32_t index = ready.top();
    ready.pop();
    graph.order.push_back(index);
    for (const std::uint32_t consumer : consumers[index]) {
      if (--missing[consumer] == 0) ready.push(consumer);
    }
  }
  if (graph.order.size() == graph.nodes.size()) return {};
  const auto stuck =
      std::find_if(missing.begin(), missing.end(), [](std::uint32_t count) { return count != 0; });
  return at_node(malformed("cycle", "the node depends on its own output").value(), graph,
                 graph.nodes[static_cast<std::size_t>(stuck - missing.begin())]);
}

}  // namespace

Result<void> resolve(Graph& graph) {
  // Children first: what they take from here must be a value of this graph before captures are collected.
  for (Node& node : graph.nodes) {
    for (Attribute& attribute : node.attributes) {
      for (auto& subgraph : attribute.graphs) {
        set_path(*subgraph, graph, node, attribute);
        if (auto resolved = resolve(*subgraph); !resolved) return resolved;
      }
    }
    collect_captures(node);
  }
  if (auto resolved = resolve_outer_values(graph); !resolved) return resolved;
  if (!is_sorted_already(graph)) return sort_nodes(graph);
  graph.order.resize(graph.nodes.size());
  for (std::uint32_t i = 0; i < graph.order.size(); ++i) graph.order[i] = i;
  return {};
}

}  // namespace padproof::model::onnx_reader
