// SPDX-License-Identifier: Apache-2.0
// The sliding-window nodes of a model, each with what stands around it: what two models are aligned by.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/diff/layer_result.h"
#include "verifier/diff/weights.h"
#include "verifier/proof/pad_folding.h"

namespace padproof::verifier {

/// In place of a layer above: a graph input, or what a loop's body is given.
inline constexpr std::size_t kModelInput = SIZE_MAX;

struct Layer {
  const model::GraphInstance* instance = nullptr;
  const model::Node* node = nullptr;
  WindowOperator meaning{};
  FoldedPads pads;                  // Pad nodes of any value
  std::vector<ResultStep> results;  // its first output, and with what is folded into other models' layers
  Weights weights;                  // of no elements where there are none or they are not constant
  /// The nearest layers that its data is computed from, and those that are computed from its output, each
  /// once, ascending.
  std::vector<std::size_t> above;
  std::vector<std::size_t> below;
  /// Inputs of the main graph that its data is computed from with no layer between, by number, ascending.
  std::vector<std::size_t> inputs;
  std::string
      branch;  // then_branch or else_branch of each If around it, outermost first; empty outside of any
  /// Pads between this layer and those above that are not folded in, as text_of_pad writes them, sorted.
  std::vector<std::string> open_pads;
  bool is_placed = true;  // `above` is complete: it was not too far to look
};

/// Of all graphs, functions once per call, in an order in which data comes before its readers.
std::vector<Layer> layers_of(const model::GraphInstance& main, PadValues values = PadValues::kAny);

/// A node with pads of which it is not known what they mean.
struct UnreadNode {
  const model::Graph* graph;
  const model::Node* node;
};
std::vector<UnreadNode> unread_windows(const model::GraphInstance& main);

}  // namespace padproof::verifier
