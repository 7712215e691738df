// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/node_pairs.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace padproof::verifier {
namespace {

using model::Graph;
using model::Node;
using model::Result;

constexpr int kNone = -1;

bool is_call(const model::Model& model, const Node& node) {
  return model::find_function(model, node) != nullptr;
}

bool laid_out_alike(const CertifiedPair& pair) {
  const bool folds =
      std::any_of(pair.proof.nodes.begin(), pair.proof.nodes.end(),
                  [](const NodeEvidence& entry) { return entry.method == Method::kComposedPad; });
  return !folds && std::equal(pair.source.graph->nodes.begin(), pair.source.graph->nodes.end(),
                              pair.target.graph->nodes.begin(), pair.target.graph->nodes.end(),
                              [](const Node& source, const Node& target) {
                                return source.op_type == target.op_type && source.domain == target.domain;
                              });
}

void add(schemas::Certificate& certificate, int source, int target, Method method) {
  schemas::CertifiedNode& node = *certificate.add_nodes();
  node.set_source(source);
  node.set_target(target);
  node.set_method(std::string(to_string(method)));
}

std::string_view lone_method(const Node& node) {
  if (node.op_type == "Identity") return to_string(Method::kTransparent);
  if (node.op_type == "Pad") return to_string(Method::kFolded);
  if (node.op_type == "Constant") return "constant";
  return to_string(Method::kUnreached);
}

void add_lone(schemas::Certificate& certificate, int source, int target, std::string_view method) {
  add(certificate, source, target, Method::kNone);
  certificate.mutable_nodes(certificate.nodes_size() - 1)->set_method(std::string(method));
}

/// Values that some output of the main graph needs, so that what is left over can be told from what is dead.
std::vector<bool> needed_nodes(const Graph& graph) {
  std::vector<bool> needed(graph.nodes.size());
  const auto need = [&](model::ValueId value) {
    if (value != model::kNoValue && graph.values[value].kind == model::ValueKind::kNodeOutput)
      needed[graph.values[value].producer] = true;
  };
  for (const model::ValueInfo& output : graph.outputs) need(output.value);
  for (auto at = graph.order.rbegin(); at != graph.order.rend(); ++at) {
    if (!needed[*at]) continue;
    for (const model::ValueId input : graph.nodes[*at].inputs) need(input);
    for (const model::ValueId capture : graph.nodes[*at].captures) need(capture);
  }
  return needed;
}

// The first evidence of each node is that of the main graph's: others stand in other graphs.
using Partners = std::unordered_map<const Node*, const NodeEvidence*>;

Result<void> pair_by_evidence(const CertifiedPair& pair, schemas::Certificate& certificate) {
  const Graph& source = *pair.source.graph;
  const Graph& target = *pair.target.graph;
  Partners evidence;
  for (const NodeEvidence& entry : pair.proof.nodes) evidence.emplace(entry.source, &entry);
  const std::vector<bool> needed = needed_nodes(target);
  std::vector<bool> taken(target.nodes.size());
  for (const std::uint32_t index : source.order) {
    const Node& node = source.nodes[index];
    const NodeEvidence& entry = *evidence.at(&node);
    const bool is_lone = entry.target == nullptr || entry.method == Method::kUnreached;
    if (is_call(pair.source, node) || (!is_lone && entry.target_graph != &target))
      return model::unsupported("certificate-form", "a call stands in graphs that are laid out differently");
    if (is_lone) {
      const bool is_dead = entry.method == Method::kUnreached;
      add_lone(certificate, static_cast<int>(index), kNone, is_dead ? "unreached" : lone_method(node));
      continue;
    }
    if (taken[entry.target->index])
      return model::unsupported("certificate-form",
                                "one node of the target stands for several of the source");
    taken[entry.target->index] = true;
    add(certificate, static_cast<int>(index), static_cast<int>(entry.target->index), entry.method);
  }
  for (const std::uint32_t index : target.order) {
    if (taken[index]) continue;
    add_lone(certificate, kNone, static_cast<int>(index),
             needed[index] ? lone_method(target.nodes[index]) : "unreached");
  }
  return {};
}

}  // namespace

Result<void> certify_nodes(const CertifiedPair& pair, schemas::Certificate& certificate) {
  if (!laid_out_alike(pair)) return pair_by_evidence(pair, certificate);
  Partners evidence;
  for (const NodeEvidence& entry : pair.proof.nodes) evidence.emplace(entry.source, &entry);
  for (const std::uint32_t index : pair.source.graph->order) {
    const bool has_map = evidence.at(&pair.source.graph->nodes[index])->method == Method::kIndexMap;
    add(certificate, static_cast<int>(index), static_cast<int>(index),
        has_map ? Method::kIndexMap : Method::kIdentical);
  }
  return {};
}

}  // namespace padproof::verifier
