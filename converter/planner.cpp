// SPDX-License-Identifier: Apache-2.0
#include "converter/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "converter/resolve.h"
#include "model/locate.h"

namespace padproof::converter {
namespace {

using model::Error;
using model::Graph;
using model::GraphInstance;
using model::Node;
using model::Result;

// Refuses what has an auto_pad but is no operator that we know the meaning of: vendor domains, future
// operators.
NodePlan unknown_operator(const Graph& graph, const Node& node) {
  NodePlan plan;
  plan.graph = &graph;
  plan.node = &node;
  plan.status = NodeStatus::kRefused;
  plan.padding = PaddingMode::kNotset;
  plan.reason = fmt::format("{}{}{} has an auto_pad, but what it means there is not known",
                            model::printable(node.domain), node.domain.empty() ? "" : ".",
                            model::printable(node.op_type));
  return plan;
}

bool has_implicit_padding(const Node& node) {
  return std::any_of(node.attributes.begin(), node.attributes.end(), [](const model::Attribute& attribute) {
    return attribute.name == "auto_pad" && !(attribute.reference.empty() && attribute.s == "NOTSET");
  });
}

class Planner {
 public:
  explicit Planner(const model::Model& model) : model_(model) {}

  Result<void> visit(const GraphInstance& instance) {
    seen_.insert(instance.graph);
    for (const Node& node : instance.graph->nodes) {
      if (auto added = add(instance, node); !added)
        return model::at_node(added.error(), *instance.graph, node);
    }
    for (const GraphInstance::Child& child : instance.children) {
      if (auto visited = visit(*child.instance); !visited) return visited;
    }
    return {};
  }

  void visit_uncalled(const Graph& graph) {
    if (seen_.count(&graph) != 0) return;
    for (const Node& node : graph.nodes) {
      if (has_implicit_padding(node)) {
        NodePlan plan = unknown_operator(graph, node);
        plan.status = NodeStatus::kUnchanged;
        plan.reason = "stands in a function that nothing calls";
        plan_.nodes.push_back(std::move(plan));
      }
      for (const model::Attribute& attribute : node.attributes) {
        for (const auto& subgraph : attribute.graphs) visit_uncalled(*subgraph);
      }
    }
  }

  Plan take() {
    // By place in the file, so that the plan does not depend on the order of calls.
    std::stable_sort(plan_.nodes.begin(), plan_.nodes.end(), [](const NodePlan& left, const NodePlan& right) {
      return left.node->origin.begin < right.node->origin.begin;
    });
    return std::move(plan_);
  }

 private:
  Result<void> add(const GraphInstance& instance, const Node& node) {
    if (model::find_function(model_, node) != nullptr) return {};
    const model::WindowOperator* op = model::find_window_operator(node.domain, node.op_type);
    if (op == nullptr) {
      if (has_implicit_padding(node)) merge(unknown_operator(*instance.graph, node));
      return {};
    }
    const auto facts_of = [&](int input) -> const model::ValueFacts* {
      const auto index = static_cast<std::size_t>(input);
      if (input < 0 || index >= node.inputs.size() || node.inputs[index] == model::kNoValue) return nullptr;
      return &instance.facts(node.inputs[index]);
    };
    if (instance.opset_of(node) == 0) {
      return model::malformed("no-opset", "the model imports no operator set for the node's domain");
    }
    const WindowNode window{*op,
                            *instance.graph,
                            node,
                            model::Attributes(node, instance.attribute_scope()),
                            instance.opset_of(node),
                            facts_of(op->data_input),
                            facts_of(op->weight_input)};
    auto plan = resolve_node(window);
    if (!plan) return Error(plan.error());
    merge(std::move(*plan));
    return {};
  }

  // A node of a function or a loop body is planned once for each instance; one rewrite must fit them all.
  void merge(NodePlan plan) {
    const auto [at, added] = index_.emplace(plan.node, plan_.nodes.size());
    if (added) {
      plan_.nodes.push_back(std::move(plan));
      return;
    }
    NodePlan& first = plan_.nodes[at->second];
    if (first.status == NodeStatus::kRefused) return;
    if (plan.status == NodeStatus::kRefused) {
      first = std::move(plan);
      return;
    }
    const bool same_edit = first.padding == plan.padding && first.pads == plan.pads &&
                           first.drop_ceil_mode == plan.drop_ceil_mode &&
                           first.drop_output_shape == plan.drop_output_shape;
    if (same_edit || first.status == NodeStatus::kUnchanged) return;
    first.reason = fmt::format("its function is called with shapes that need different pads: {} and {}",
                               fmt::join(first.pads, ","), fmt::join(plan.pads, ","));
    first.status = NodeStatus::kRefused;
    first.resolved = false;
    first.pads.clear();
  }

  const model::Model& model_;
  Plan plan_;
  std::unordered_map<const Node*, std::size_t> index_;
  std::unordered_set<const Graph*> seen_;
};

}  // namespace

std::string_view to_string(PaddingMode mode) {
  switch (mode) {
    case PaddingMode::kExplicit:
      return "explicit";
    case PaddingMode::kNotset:
      return "NOTSET";
    case PaddingMode::kSameUpper:
      return "SAME_UPPER";
    case PaddingMode::kSameLower:
      return "SAME_LOWER";
    case PaddingMode::kValid:
      return "VALID";
    case PaddingMode::kOutputShape:
      return "output_shape";
  }
  return "";
}

std::size_t Plan::count(NodeStatus status) const {
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [&](const NodePlan& node) { return node.status == status; }));
}

Result<Plan> make_plan(const model::Model& model, const GraphInstance& facts) {
  Planner planner(model);
  if (auto visited = planner.visit(facts); !visited) {
    model::Diagnostic diagnostic = visited.error();
    diagnostic.where.file = model.file;
    return Error(std::move(diagnostic));
  }
  for (const model::Function& function : model.functions) planner.visit_uncalled(*function.body);
  return planner.take();
}

}  // namespace padproof::converter
