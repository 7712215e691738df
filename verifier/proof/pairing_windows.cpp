// SPDX-License-Identifier: Apache-2.0
// The part of the pairing that deals with sliding-window nodes.
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "model/tensor_values.h"
#include "verifier/proof/attribute_equality.h"
#include "verifier/proof/pairing.h"

namespace padproof::verifier {
namespace {

using model::GraphInstance;
using model::Node;

// Seconds, for models that are made to take hours; a ResNet takes ten thousand.
constexpr std::int64_t kMostComparisonsInAll = std::int64_t{1} << 28;

const auto kNoGraphs = [](const model::Attribute&, const model::Attribute&) {};

bool same_folding(const FoldedPads& source, const FoldedPads& target) {
  return source.nodes.size() == target.nodes.size() && source.before == target.before &&
         source.after == target.after;
}

bool uses_indices(const Node& node) { return node.outputs.size() > 1 && node.outputs[1] != model::kNoValue; }

std::vector<std::int64_t> merged_pads(const NodeEvidence& entry, const ObligationResult& result) {
  return result.source_pads.empty() ? entry.source_pads : result.source_pads;
}

}  // namespace

// Inf * 0 is NaN where an engine multiplies the cells of a Pad node, and nothing where it skips its own
// padding.
bool Pairing::weights_are_finite(const Pair& pair, const Node& source, const WindowOperator& meaning) {
  if (!meaning.weight_input) return true;
  const Place weights = input_place(*pair.source.instance, source, *meaning.weight_input, ignore_passed);
  if (weights.is_absent()) return false;
  const model::TensorRef* constant = weights.instance->constant(weights.value);
  if (constant == nullptr) return false;
  if (constant->dtype != model::DataType::kFloat) return model::read_integers(*constant).has_value();
  const auto packed = model::read_packed(*constant);
  if (!packed) return false;
  for (std::size_t at = 0; at < packed->size(); at += sizeof(float)) {
    float weight = 0;
    std::memcpy(&weight, packed->data() + at, sizeof weight);
    if (!std::isfinite(weight)) return false;
  }
  return true;
}

void Pairing::check_windows(const Pair& pair, const Node& source, const Node& target,
                            const WindowOperator& meaning) {
  const GraphInstance& mine = *pair.source.instance;
  const GraphInstance& theirs = *pair.target.instance;
  const AttributeSide source_side{source, mine.attribute_scope()};
  const AttributeSide target_side{target, theirs.attribute_scope()};
  WindowSide source_window{mine, source, meaning, fold_pads(mine, source, meaning)};
  WindowSide target_window{theirs, target, meaning, fold_pads(theirs, target, meaning)};
  const bool same_pads = same_folding(source_window.pads, target_window.pads);
  NodeEvidence& entry = evidence(mine, source);
  const bool same_attributes = attribute_difference(source_side, target_side, {}, kNoGraphs).empty() &&
                               mine.opset_of(source) == theirs.opset_of(target);
  if (same_attributes && same_pads) {
    if (entry.method == Method::kUnreached) entry.method = Method::kIdentical;
    return require_inputs(pair, source, target, SIZE_MAX);
  }
  const std::string difference = attribute_difference(source_side, target_side, kWindowAttributes, kNoGraphs);
  if (!difference.empty()) return fail_node(mine, source, difference);
  if (same_pads) {
    // The Pads in front are nodes like any other; the window alone is the obligation.
    source_window.pads.nodes.clear();
    target_window.pads.nodes.clear();
    source_window.pads.data = input_place(mine, source, meaning.data_input, ignore_passed);
    target_window.pads.data = input_place(theirs, target, meaning.data_input, ignore_passed);
  }
  if (source_window.pads.data.is_absent() || target_window.pads.data.is_absent()) {
    return fail_node(mine, source, "has no data input");
  }
  const ObligationResult result =
      check_window(source_window, target_window, kMostComparisonsInAll - proof_.compared_cells);
  proof_.compared_cells += result.compared_cells;
  entry.source_pads = merged_pads(entry, result);
  entry.target_pads = result.target_pads;
  if (result.status != Status::kProved) {
    if (entry.status != Status::kUnknown) {
      entry.status = result.status;
      entry.method = Method::kIndexMap;
      entry.reason = result.reason;
      entry.witness = result.witness;
    }
  } else if (!same_pads && uses_indices(source)) {
    return fail_node(mine, source, "Indices refer to the padded tensor where a Pad node stands");
  } else if (!same_pads && !weights_are_finite(pair, source, meaning)) {
    return fail_node(
        mine, source,
        "a Pad node and pads are the same for finite weights only, and these are not known to be finite");
  } else if (entry.status == Status::kProved) {
    entry.method = same_pads ? Method::kIndexMap : Method::kComposedPad;
  }
  for (const Node* pad : source_window.pads.nodes) {
    NodeEvidence& folded = proof_.nodes[evidence_index_.at(pad)];
    if (folded.method == Method::kUnreached) folded.method = Method::kFolded;
  }
  require(source_window.pads.data, target_window.pads.data, &mine, &source);
  require_inputs(pair, source, target, meaning.data_input);
}

}  // namespace padproof::verifier
