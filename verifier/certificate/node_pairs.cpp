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

constexpr std::size_t kMostNodes = 1'000'000;  // a certificate names each

void add_pair(schemas::Certificate& certificate, const Node& source, const Node& target) {
  schemas::CertifiedNode& node = *certificate.add_nodes();
  node.set_source(static_cast<int>(source.index));
  node.set_target(static_cast<int>(target.index));
  node.set_method(std::string(to_string(Method::kIdentical)));
}

bool laid_out_alike(const Graph& source, const Graph& target) {
  return std::equal(source.nodes.begin(), source.nodes.end(), target.nodes.begin(), target.nodes.end(),
                    [](const Node& mine, const Node& theirs) {
                      return mine.op_type == theirs.op_type && mine.domain == theirs.domain;
                    });
}

// Nodes in another order, say; not what the proof folds, passes over or never looks at.
Result<void> pair_by_evidence(const CertifiedPair& pair, schemas::Certificate& certificate) {
  const Graph& source = *pair.source.graph;
  const Graph& target = *pair.target.graph;
  std::unordered_map<const Node*, const NodeEvidence*> evidence;
  for (const NodeEvidence& entry : pair.proof.nodes) evidence.emplace(entry.source, &entry);
  std::vector<bool> taken(target.nodes.size());
  for (const std::uint32_t index : source.order) {
    const Node& node = source.nodes[index];
    const NodeEvidence& entry = *evidence.at(&node);
    if (entry.target == nullptr || entry.target_graph != &target || taken[entry.target->index])
      return model::unsupported("certificate-form", "the nodes of the two models do not pair one to one");
    taken[entry.target->index] = true;
    add_pair(certificate, node, *entry.target);
  }
  if (source.nodes.size() == target.nodes.size()) return {};
  return model::unsupported("certificate-form", "the two models have different numbers of nodes");
}

}  // namespace

Result<void> certify_nodes(const CertifiedPair& pair, schemas::Certificate& certificate) {
  const Graph& source = *pair.source.graph;
  const Graph& target = *pair.target.graph;
  if (source.nodes.size() > kMostNodes)
    return model::unsupported("certificate-size", "the model has too many nodes for a certificate",
                              std::to_string(source.nodes.size()), std::to_string(kMostNodes));
  if (!laid_out_alike(source, target)) return pair_by_evidence(pair, certificate);
  for (const std::uint32_t index : source.order)
    add_pair(certificate, source.nodes[index], target.nodes[index]);
  return {};
}

}  // namespace padproof::verifier
