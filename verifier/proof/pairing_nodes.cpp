// SPDX-License-Identifier: Apache-2.0
// The part of the pairing that compares one node with another, whatever they compute.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/onnx_schema.h"
#include "model/shapes/rule.h"
#include "verifier/proof/attribute_equality.h"
#include "verifier/proof/pairing.h"

namespace padproof::verifier {
namespace {

using model::GraphInstance;
using model::Node;

// The same bytes, another result each time: nothing can be said of all inputs.
constexpr std::array<std::string_view, 6> kRandomOperators = {
    "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"};

// Dropout draws numbers when it trains: since opset 12 a third input says so, before 7 the attribute is_test.
bool is_training_dropout(const GraphInstance& instance, const Node& node) {
  if (node.op_type != "Dropout") return false;
  if (instance.opset_of(node) < 7)
    return model::Attributes(node, instance.attribute_scope()).int_or("is_test", 0) == 0;
  if (node.inputs.size() < 3 || node.inputs[2] == model::kNoValue) return false;
  const auto& training = instance.facts(node.inputs[2]).contents;
  return !(training && training->size() == 1 && training->front().constant() == 0);
}

bool is_random(const GraphInstance& instance, const Node& node) {
  if (!node.domain.empty()) return false;
  return std::find(kRandomOperators.begin(), kRandomOperators.end(), node.op_type) !=
             kRandomOperators.end() ||
         is_training_dropout(instance, node);
}

// Split divides by their number, BatchNormalization before opset 14 trains if there are several; of operators
// outside the standard nothing is known.
bool counts_its_outputs(const Node& node) {
  return !node.domain.empty() || node.op_type == "Split" || node.op_type == "BatchNormalization";
}

std::size_t used_inputs(const Node& node) {
  std::size_t count = node.inputs.size();
  while (count > 0 && node.inputs[count - 1] == model::kNoValue) --count;
  return count;
}

std::string title(const model::Graph& graph, const Node& node) {
  return fmt::format("{} '{}'", model::printable(node.op_type), model::display_name(graph, node));
}

}  // namespace

bool Pairing::same_operator(const Pair& pair, const Node& source, const Node& target) {
  const GraphInstance& mine = *pair.source.instance;
  const GraphInstance& theirs = *pair.target.instance;
  NodeEvidence& entry = evidence(mine, source);
  if (source.op_type != target.op_type || source.domain != target.domain ||
      source.overload != target.overload) {
    fail_node(mine, source, fmt::format("the target has {} here", title(*theirs.graph, target)));
    return false;
  }
  if (is_random(mine, source)) {
    fail_node(mine, source, "draws random numbers");
    return false;
  }
  const std::int64_t source_opset = mine.opset_of(source);
  const std::int64_t target_opset = theirs.opset_of(target);
  if (source_opset == target_opset || window_operator(source.domain, source.op_type)) return true;
  const auto source_since = model::since_version(source.domain, source.op_type, source_opset);
  const auto target_since = model::since_version(target.domain, target.op_type, target_opset);
  if (source_since && source_since == target_since) return true;
  if (entry.status == Status::kProved) {
    fail_node(mine, source,
              fmt::format("opset {} in the source and {} in the target may differ about this operator",
                          source_opset, target_opset));
  }
  return false;
}

void Pairing::check_nodes(const Pair& pair, const Node& source, const Node& target) {
  NodeEvidence& entry = evidence(*pair.source.instance, source);
  entry.target_graph = pair.target.instance->graph;
  entry.target = &target;
  if (!same_operator(pair, source, target)) return;
  if (const auto meaning = window_operator(source.domain, source.op_type)) {
    return check_windows(pair, source, target, *meaning);
  }
  check_generic(pair, source, target);
}

void Pairing::check_generic(const Pair& pair, const Node& source, const Node& target) {
  const GraphInstance& mine = *pair.source.instance;
  const GraphInstance& theirs = *pair.target.instance;
  bool has_graphs = false;
  const std::string difference =
      attribute_difference({source, mine.attribute_scope()}, {target, theirs.attribute_scope()}, {},
                           [&](const model::Attribute&, const model::Attribute&) { has_graphs = true; });
  if (!difference.empty()) return fail_node(mine, source, difference);
  if (source.outputs.size() != target.outputs.size() && counts_its_outputs(source)) {
    return fail_node(mine, source,
                     fmt::format("gives {} outputs in the source and {} in the target", source.outputs.size(),
                                 target.outputs.size()));
  }
  NodeEvidence& entry = evidence(mine, source);
  if (entry.method == Method::kUnreached) entry.method = Method::kIdentical;
  pair_strangers(pair, source, target);
  if (has_graphs) pair_subgraphs(pair, source, target);
  require_inputs(pair, source, target, SIZE_MAX);
}

// Of an operator that nobody knows it is assumed that the same node gives the same outputs; not that two
// nodes do.
void Pairing::pair_strangers(const Pair& pair, const Node& source, const Node& target) {
  if (source.domain.empty() || model::find_rule(source.domain, source.op_type) != nullptr) return;
  if (pair.source.instance->child(source, "") != nullptr) return;  // a call of a function
  assume("operators of other domains give the same outputs for the same inputs");
  const bool is_alone = partners_.try_emplace(&source, &target).first->second == &target &&
                        partners_.try_emplace(&target, &source).first->second == &source;
  if (!is_alone)
    fail_node(*pair.source.instance, source,
              "stands for several nodes, and may not be a function of its inputs");
}

void Pairing::require_inputs(const Pair& pair, const Node& source, const Node& target, std::size_t except) {
  const std::size_t count = used_inputs(source);
  if (count != used_inputs(target)) {
    return fail_node(
        *pair.source.instance, source,
        fmt::format("takes {} inputs in the source and {} in the target", count, used_inputs(target)));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (i == except) continue;
    require({pair.source.instance, source.inputs[i]}, {pair.target.instance, target.inputs[i]},
            pair.source.instance, &source);
  }
}

void Pairing::pair_subgraphs(const Pair& pair, const Node& source, const Node& target) {
  for (const model::Attribute& attribute : source.attributes) {
    if (attribute.graphs.empty()) continue;
    const GraphInstance* mine = pair.source.instance->child(source, attribute.name);
    const GraphInstance* theirs = pair.target.instance->child(target, attribute.name);
    const bool comparable = mine != nullptr && theirs != nullptr &&
                            mine->graph->inputs.size() == theirs->graph->inputs.size() &&
                            mine->graph->outputs.size() == theirs->graph->outputs.size();
    if (!comparable) {
      fail_node(*pair.source.instance, source,
                fmt::format("subgraph {} differs", model::printable(attribute.name)));
      continue;
    }
    paired_bodies_[mine] = theirs;
    for (std::size_t i = 0; i < mine->graph->outputs.size(); ++i) {
      require({mine, mine->graph->outputs[i].value}, {theirs, theirs->graph->outputs[i].value},
              pair.source.instance, &source);
    }
  }
}

}  // namespace padproof::verifier
