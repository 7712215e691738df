// SPDX-License-Identifier: Apache-2.0
// Whole-graph proof by congruence.
//
// Idea: starting from the outputs, pair the values that have to be equal. A pair of values is equal if the
// nodes that make them do the same and their inputs are, pairwise, equal again. Every pair reached is checked
// once; the graphs are acyclic, so if no check fails the outputs are equal for all inputs. Loop bodies: what
// a body takes from its loop is equal by induction over the turns.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/deadline.h"
#include "model/facts.h"
#include "verifier/constant_comparison.h"
#include "verifier/evidence.h"
#include "verifier/proof/place.h"
#include "verifier/proof/window_obligation.h"

namespace padproof::verifier {

class Pairing {
 public:
  Pairing(const model::Model& source_model, const model::GraphInstance& source,
          const model::Model& target_model, const model::GraphInstance& target, ConstantComparison& constants)
      : source_model_(source_model),
        source_(source),
        target_model_(target_model),
        target_(target),
        constants_(constants) {}

  Proof run(const model::Deadline& deadline);

 private:
  struct Pair {
    Place source;
    Place target;
    const model::Node* consumer;  // source node that asks; null for a graph output
    const model::GraphInstance* consumer_instance;
    friend bool operator==(const Pair& left, const Pair& right) {
      return left.source == right.source && left.target == right.target;
    }
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const;
  };

  void pair_interfaces();
  void pair_declared_input(const model::ValueInfo& source, const model::ValueInfo& target);
  void pair_declared_output(const model::ValueInfo& source, const model::ValueInfo& target);
  void require(const Place& source, const Place& target, const model::GraphInstance* instance,
               const model::Node* consumer);
  void check(const Pair& pair);
  void stop(const model::Diagnostic& why);
  void check_records(const Pair& pair);
  void check_constants(const Pair& pair, const model::TensorRef& source, const model::TensorRef& target);
  void check_inputs_of_graphs(const Pair& pair);
  void check_nodes(const Pair& pair, const model::Node& source, const model::Node& target);
  void check_generic(const Pair& pair, const model::Node& source, const model::Node& target);
  void check_windows(const Pair& pair, const model::Node& source, const model::Node& target,
                     const WindowOperator& meaning);
  void require_inputs(const Pair& pair, const model::Node& source, const model::Node& target,
                      std::size_t except);
  bool same_operator(const Pair& pair, const model::Node& source, const model::Node& target);
  bool weights_are_finite(const Pair& pair, const model::Node& source, const WindowOperator& meaning);
  void pair_strangers(const Pair& pair, const model::Node& source, const model::Node& target);
  void pair_subgraphs(const Pair& pair, const model::Node& source, const model::Node& target);

  NodeEvidence& evidence(const model::GraphInstance& instance, const model::Node& node);
  void fail(const Pair& pair, std::string reason);
  void fail_node(const model::GraphInstance& instance, const model::Node& node, std::string reason);
  void assume(std::string text);
  void list_nodes(const model::Graph& graph);
  void withdraw_unfounded();
  Proof conclude();

  const model::Model& source_model_;
  const model::GraphInstance& source_;
  const model::Model& target_model_;
  const model::GraphInstance& target_;
  ConstantComparison& constants_;
  std::unordered_set<Pair, PairHash> seen_;
  std::vector<Pair> open_;
  std::unordered_map<const model::Node*, std::size_t> evidence_index_;
  std::unordered_map<const model::GraphInstance*, const model::GraphInstance*> paired_bodies_;
  std::unordered_map<const model::Node*, const model::Node*> partners_;  // of operators nobody knows
  Proof proof_;
};

}  // namespace padproof::verifier
