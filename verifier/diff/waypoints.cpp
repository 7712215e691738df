// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/waypoints.h"

#include <algorithm>
#include <unordered_map>

#include "verifier/constant_comparison.h"
#include "verifier/proof/attribute_equality.h"
#include "verifier/rounding/rules.h"
#include "verifier/window.h"

namespace padproof::verifier {
namespace {

using model::kNoValue;
using model::Node;
using model::ValueId;
using model::ValueKind;

// Of the readers of one value: a file made to be slow has as many as nodes.
constexpr int kMostReaders = 64;

bool is_of_graph(const model::Model& model, const Node& node) {
  const bool has_graph = std::any_of(node.attributes.begin(), node.attributes.end(),
                                     [](const model::Attribute& each) { return !each.graphs.empty(); });
  return !has_graph && model::find_function(model, node) == nullptr;
}

bool only_copies(const Node& node) {
  const RoundingRow* const row = node.domain.empty() ? find_rounding_row(node.op_type) : nullptr;
  return row != nullptr && row->worst_case == worst_copy;
}

class Congruence {
 public:
  Congruence(const model::Model& source, const model::Model& target)
      : source_(source), target_(target), source_of_(target.graph->values.size(), kNoValue) {
    for (const Node& node : source.graph->nodes)
      for (const ValueId input : node.inputs)
        if (input != kNoValue) readers_.emplace(input, &node);
  }

  void start_from(const PaddingDiff& diff) {
    for (const LayerDifference& layer : diff.layers) {
      const auto mine = source_.graph->value_by_name.find(layer.source.result);
      const auto theirs = target_.graph->value_by_name.find(layer.target.result);
      if (mine != source_.graph->value_by_name.end() && theirs != target_.graph->value_by_name.end())
        source_of_[theirs->second] = mine->second;
    }
  }

  std::vector<Waypoint> run() {
    for (const std::uint32_t index : target_.graph->order) {
      const Node& node = target_.graph->nodes[index];
      // Windows are for the alignment to judge.
      if (window_operator(node.domain, node.op_type) || !is_of_graph(target_, node)) continue;
      if (const Node* const other = counterpart(node)) pair(*other, node);
    }
    return std::move(waypoints_);
  }

  /// The source's value that a value of the target is, after run().
  [[nodiscard]] ValueId source_of(ValueId target) const { return source_of_[target]; }

 private:
  const Node* counterpart(const Node& target) {
    for (const ValueId input : target.inputs) {
      if (input == kNoValue || source_of_[input] == kNoValue) continue;
      auto [reader, last] = readers_.equal_range(source_of_[input]);
      for (int looked_at = 0; reader != last && looked_at < kMostReaders; ++reader, ++looked_at)
        if (are_same(*reader->second, target)) return reader->second;
      return nullptr;
    }
    return nullptr;
  }

  bool are_same(const Node& source, const Node& target) {
    if (source.op_type != target.op_type || source.domain != target.domain ||
        source.overload != target.overload || source.inputs.size() != target.inputs.size() ||
        source.outputs.size() != target.outputs.size() || !is_of_graph(source_, source))
      return false;
    if (!attribute_difference({source, nullptr}, {target, nullptr}, {}, [](const auto&, const auto&) {
         }).empty())
      return false;
    const auto& mine = source.inputs;
    const auto& theirs = target.inputs;
    if (std::equal(mine.begin(), mine.end(), theirs.begin(),
                   [&](ValueId left, ValueId right) { return is_same_operand(left, right); }))
      return true;
    const bool commutes = target.domain.empty() && (target.op_type == "Add" || target.op_type == "Mul");
    return commutes && mine.size() == 2 && is_same_operand(mine[0], theirs[1]) &&
           is_same_operand(mine[1], theirs[0]);
  }

  bool is_same_operand(ValueId source, ValueId target) {
    if (source == kNoValue || target == kNoValue) return source == target;
    if (source_of_[target] == source) return true;
    const model::Value& left = source_.graph->values[source];
    const model::Value& right = target_.graph->values[target];
    if (left.kind != ValueKind::kInitializer || right.kind != ValueKind::kInitializer ||
        left.initializer == nullptr || right.initializer == nullptr)
      return false;
    const auto equal = constants_.are_same(*left.initializer, *right.initializer);
    return equal && *equal;
  }

  void pair(const Node& source, const Node& target) {
    for (std::size_t i = 0; i < target.outputs.size(); ++i) {
      const ValueId mine = source.outputs[i];
      const ValueId theirs = target.outputs[i];
      if (mine == kNoValue || theirs == kNoValue || source_of_[theirs] != kNoValue) continue;
      source_of_[theirs] = mine;
      if (!only_copies(target))
        waypoints_.push_back({source_.graph->values[mine].name, target_.graph->values[theirs].name});
    }
  }

  const model::Model& source_;
  const model::Model& target_;
  ConstantComparison constants_;
  std::vector<ValueId> source_of_;                         // by the target's value
  std::unordered_multimap<ValueId, const Node*> readers_;  // of the source's values
  std::vector<Waypoint> waypoints_;
};

}  // namespace

std::vector<Waypoint> waypoints_of(const model::Model& source, const model::Model& target,
                                   const PaddingDiff& diff) {
  Congruence congruence(source, target);
  congruence.start_from(diff);
  return congruence.run();
}

std::vector<std::size_t> paired_outputs(const model::Model& source, const model::Model& target,
                                        const PaddingDiff& diff) {
  const auto& mine = source.graph->outputs;
  const auto& theirs = target.graph->outputs;
  std::unordered_map<std::string_view, std::size_t> by_name;
  std::unordered_map<ValueId, std::size_t> by_value;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    by_name.emplace(mine[i].name, i);
    by_value.emplace(mine[i].value, i);
  }
  std::vector<std::size_t> pairs(theirs.size(), kUnpairedOutput);
  std::vector<bool> is_taken(mine.size(), false);
  const auto pair_by = [&](const auto& index, auto&& key_of) {
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      const auto found = pairs[i] == kUnpairedOutput ? index.find(key_of(theirs[i])) : index.end();
      if (found == index.end() || is_taken[found->second]) continue;
      pairs[i] = found->second;
      is_taken[found->second] = true;
    }
  };
  pair_by(by_name, [](const model::ValueInfo& output) { return output.name; });
  Congruence congruence(source, target);
  congruence.start_from(diff);
  congruence.run();
  pair_by(by_value, [&](const model::ValueInfo& output) { return congruence.source_of(output.value); });
  std::size_t next = 0;
  for (std::size_t& pair : pairs) {
    while (next < mine.size() && is_taken[next]) ++next;
    if (pair == kUnpairedOutput && next < mine.size()) pair = next++;
  }
  return pairs;
}

}  // namespace padproof::verifier
