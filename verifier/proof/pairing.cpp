// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "model/tensor_values.h"

namespace padproof::verifier {

using model::GraphInstance;
using model::Node;
using model::ValueKind;

std::size_t Pairing::PairHash::operator()(const Pair& pair) const {
  std::size_t hash = 0;
  const auto mix = [&](std::size_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL + (hash >> 29U); };
  mix(std::hash<const void*>{}(pair.source.instance));
  mix(pair.source.value);
  mix(std::hash<const void*>{}(pair.target.instance));
  mix(pair.target.value);
  return hash;
}

Proof Pairing::run(const model::Deadline& deadline) {
  list_nodes(*source_model_.graph);
  for (const model::Function& function : source_model_.functions) list_nodes(*function.body);
  pair_interfaces();
  while (!open_.empty()) {
    const Pair pair = open_.back();
    open_.pop_back();
    check(pair);
    if (auto left = model::check_deadline(deadline); !left) {
      stop(left.error());
      break;
    }
  }
  return conclude();
}

void Pairing::list_nodes(const model::Graph& graph) {
  for (const Node& node : graph.nodes) {
    evidence_index_.emplace(&node, proof_.nodes.size());
    NodeEvidence entry;
    entry.graph = &graph;
    entry.source = &node;
    entry.status = Status::kProved;
    entry.method = Method::kUnreached;
    proof_.nodes.push_back(std::move(entry));
    for (const model::Attribute& attribute : node.attributes) {
      for (const auto& subgraph : attribute.graphs) list_nodes(*subgraph);
    }
  }
}

NodeEvidence& Pairing::evidence(const GraphInstance&, const Node& node) {
  return proof_.nodes[evidence_index_.at(&node)];
}

void Pairing::fail_node(const GraphInstance& instance, const Node& node, std::string reason) {
  NodeEvidence& entry = evidence(instance, node);
  if (entry.status == Status::kUnknown) return;
  // That index maps differ says nothing if what they are maps of differs too.
  if (entry.status == Status::kRefuted) reason = entry.reason + ", and so may its inputs: " + reason;
  entry.status = Status::kUnknown;
  entry.method = Method::kNone;
  entry.witness.reset();
  entry.reason = std::move(reason);
}

void Pairing::fail(const Pair& pair, std::string reason) {
  if (pair.consumer != nullptr) {
    fail_node(*pair.consumer_instance, *pair.consumer, std::move(reason));
  } else {
    proof_.problems.push_back(std::move(reason));
  }
}

void Pairing::assume(std::string text) {
  auto& all = proof_.assumptions;
  if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
}

void Pairing::require(const Place& source, const Place& target, const GraphInstance* instance,
                      const Node* consumer) {
  const auto note_passed = [&](const GraphInstance& at, const Node& node) {
    NodeEvidence& entry = evidence(at, node);
    if (entry.method == Method::kUnreached) entry.method = Method::kTransparent;
  };
  const Pair pair{trace(source, note_passed), trace(target, ignore_passed), consumer, instance};
  if (seen_.insert(pair).second) open_.push_back(pair);
}

void Pairing::check(const Pair& pair) {
  const Place& source = pair.source;
  const Place& target = pair.target;
  if (source.is_absent() && target.is_absent()) return;
  if (source.is_absent() || target.is_absent()) {
    return fail(pair,
                fmt::format("reads {} in the source and {} in the target", source.name(), target.name()));
  }
  check_records(pair);
  const model::TensorRef* source_constant = source.instance->constant(source.value);
  const model::TensorRef* target_constant = target.instance->constant(target.value);
  if (source_constant != nullptr && target_constant != nullptr) {
    return check_constants(pair, *source_constant, *target_constant);
  }
  const model::Value& mine = source.info();
  const model::Value& theirs = target.info();
  if (mine.kind == ValueKind::kInput && theirs.kind == ValueKind::kInput) return check_inputs_of_graphs(pair);
  if (mine.sparse_initializer != nullptr && theirs.sparse_initializer != nullptr) {
    if (mine.sparse_initializer->message == theirs.sparse_initializer->message) return;
    return fail(pair, fmt::format("sparse tensor {} differs", source.name()));
  }
  const Node* source_node = source.producer();
  const Node* target_node = target.producer();
  if (source_node == nullptr || target_node == nullptr) {
    return fail(pair, fmt::format("{} in the source and {} in the target are not made in the same way",
                                  source.name(), target.name()));
  }
  if (mine.output_index != theirs.output_index) {
    return fail_node(*source.instance, *source_node,
                     fmt::format("output {} stands where the target uses output {}", mine.output_index,
                                 theirs.output_index));
  }
  check_nodes(pair, *source_node, *target_node);
}

// What only the files record must be the same in both, or it is no assumption that both can rest on.
void Pairing::check_records(const Pair& pair) {
  const model::ValueFacts& mine = pair.source.facts();
  const model::ValueFacts& theirs = pair.target.facts();
  if (!mine.rests_on_value_info && !theirs.rests_on_value_info) return;
  assume("shapes recorded in value_info that the operators do not confirm");
  if (!mine.shape || !theirs.shape) return;
  const bool agree =
      std::equal(mine.shape->begin(), mine.shape->end(), theirs.shape->begin(), theirs.shape->end(),
                 [](const model::Extent& left, const model::Extent& right) {
                   return !left.is_constant() || !right.is_constant() || left.constant() == right.constant();
                 });
  if (agree) return;
  fail(pair, fmt::format("{} is {} in the source and {} in the target, as only value_info records",
                         pair.source.name(), model::to_string(*mine.shape), model::to_string(*theirs.shape)));
}

void Pairing::check_constants(const Pair& pair, const model::TensorRef& source,
                              const model::TensorRef& target) {
  for (const Place* place : {&pair.source}) {
    if (const Node* node = place->producer()) evidence(*place->instance, *node).method = Method::kIdentical;
  }
  const auto same = constants_.are_same(source, target);
  // Memory need not hold the weights of both.
  model::release(target_model_, target);
  if (same && *same) return;
  fail(pair,
       same ? fmt::format("tensor {} differs from {} in the target", pair.source.name(), pair.target.name())
            : model::to_string(same.error()));
}

void Pairing::check_inputs_of_graphs(const Pair& pair) {
  const Place& source = pair.source;
  const Place& target = pair.target;
  const bool both_main = source.instance == &source_ && target.instance == &target_;
  const auto paired = paired_bodies_.find(source.instance);
  const bool same_body = paired != paired_bodies_.end() && paired->second == target.instance;
  if ((both_main || same_body) && source.info().producer == target.info().producer) {
    const model::TensorRef* mine = source.info().initializer;
    const model::TensorRef* theirs = target.info().initializer;
    if (mine != nullptr && theirs != nullptr) return check_constants(pair, *mine, *theirs);
    if (mine != theirs)
      fail(pair, fmt::format("only one of the models has a default for input {}", source.name()));
    return;
  }
  fail(pair,
       fmt::format("input {} in the source stands where the target has {}", source.name(), target.name()));
}

}  // namespace padproof::verifier
