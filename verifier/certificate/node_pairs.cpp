// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/node_pairs.h"

#include <algorithm>
#include <numeric>
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

/// By the index of the source's node that of the target's.
using Partners = std::vector<std::uint32_t>;

Partners in_place(const Graph& source) {
  Partners partners(source.nodes.size());
  std::iota(partners.begin(), partners.end(), 0U);
  return partners;
}

/// Whether the certificate's checker finds by these partners that all nodes read the same.
class Layout {
 public:
  Layout(const Graph& source, const Graph& target, const Partners& partners)
      : source_(source), target_(target), partners_(partners) {}

  [[nodiscard]] bool reads_alike() const {
    if (source_.nodes.size() != target_.nodes.size() || source_.outputs.size() != target_.outputs.size())
      return false;
    for (const Node& node : source_.nodes)
      if (!reads_alike(node, target_.nodes[partners_[node.index]])) return false;
    return std::equal(source_.outputs.begin(), source_.outputs.end(), target_.outputs.begin(),
                      [&](const model::ValueInfo& mine, const model::ValueInfo& theirs) {
                        return is_same(mine.value, theirs.value);
                      });
  }

 private:
  [[nodiscard]] bool reads_alike(const Node& mine, const Node& theirs) const {
    return mine.op_type == theirs.op_type && mine.domain == theirs.domain &&
           mine.outputs.size() == theirs.outputs.size() &&
           std::equal(mine.inputs.begin(), mine.inputs.end(), theirs.inputs.begin(), theirs.inputs.end(),
                      [&](model::ValueId left, model::ValueId right) { return is_same(left, right); });
  }

  [[nodiscard]] bool is_same(model::ValueId mine, model::ValueId theirs) const {
    if (mine == model::kNoValue || theirs == model::kNoValue) return mine == theirs;
    const model::Value& left = source_.values[mine];
    const model::Value& right = target_.values[theirs];
    if (left.kind != right.kind) return false;
    switch (left.kind) {
      case model::ValueKind::kNodeOutput:
        return partners_[left.producer] == right.producer && left.output_index == right.output_index;
      case model::ValueKind::kInput:
        return left.producer == right.producer;
      case model::ValueKind::kOuter:
        return left.name == right.name;
      case model::ValueKind::kInitializer:
        return true;  // which the proof has compared
    }
    return false;
  }

  const Graph& source_;
  const Graph& target_;
  const Partners& partners_;
};

// Nodes in another order, say; not what the proof folds, passes over or never looks at.
Result<Partners> partners_by_evidence(const CertifiedPair& pair) {
  const Graph& source = *pair.source.graph;
  const Graph& target = *pair.target.graph;
  std::unordered_map<const Node*, const NodeEvidence*> evidence;
  for (const NodeEvidence& entry : pair.proof.nodes) evidence.emplace(entry.source, &entry);
  std::vector<bool> taken(target.nodes.size());
  Partners partners(source.nodes.size());
  for (const Node& node : source.nodes) {
    const NodeEvidence& entry = *evidence.at(&node);
    if (entry.target == nullptr || entry.target_graph != &target || taken[entry.target->index])
      return model::unsupported("certificate-form", "the nodes of the two models do not pair one to one");
    taken[entry.target->index] = true;
    partners[node.index] = entry.target->index;
  }
  if (!Layout(source, target, partners).reads_alike())
    return model::unsupported("certificate-form", "the nodes of the two models are not wired alike");
  return partners;
}

bool has_same_constants(const CertifiedPair& pair) {
  const auto& mine = pair.source.graph->initializers;
  const auto& theirs = pair.target.graph->initializers;
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                    [](const model::TensorRef& left, const model::TensorRef& right) {
                      return left.message == right.message;
                    });
}

// Of nodes that no output needs the proof says nothing.
bool is_all_proved(const CertifiedPair& pair) {
  return std::none_of(pair.proof.nodes.begin(), pair.proof.nodes.end(),
                      [](const NodeEvidence& entry) { return entry.method == Method::kUnreached; });
}

}  // namespace

Result<void> certify_nodes(const CertifiedPair& pair, schemas::Certificate& certificate) {
  const Graph& source = *pair.source.graph;
  const Graph& target = *pair.target.graph;
  if (source.nodes.size() > kMostNodes)
    return model::unsupported("certificate-size", "the model has too many nodes for a certificate",
                              std::to_string(source.nodes.size()), std::to_string(kMostNodes));
  Partners partners = in_place(source);
  // What a converter leaves is byte for byte the source beside the windows, whether an output needs it or
  // not.
  const bool is_alike =
      are_laid_out_alike(source, target) && (is_all_proved(pair) || has_same_constants(pair));
  if (!is_alike) {
    auto found = partners_by_evidence(pair);
    if (!found) return model::Error(found.error());
    partners = std::move(*found);
  }
  for (const std::uint32_t index : source.order)
    add_pair(certificate, source.nodes[index], target.nodes[partners[index]]);
  return {};
}

bool are_laid_out_alike(const Graph& source, const Graph& target) {
  return Layout(source, target, in_place(source)).reads_alike();
}

}  // namespace padproof::verifier
