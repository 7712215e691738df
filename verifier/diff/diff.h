// SPDX-License-Identifier: Apache-2.0
// Where two models pad differently, layer by layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verifier/diff/alignment.h"
#include "verifier/diff/convention.h"
#include "verifier/evidence.h"

namespace padproof::verifier {

/// One layer on one side.
struct LayerSide {
  const model::Graph* graph = nullptr;
  const model::Node* node = nullptr;
  std::string result;  // name of its output, behind a batch normalisation; empty outside of the main graph
  std::string input;   // the shape of its data, in front of any Pad
  std::optional<Window> window;         // Pads folded in; where extents are open at ones that are large
  std::vector<std::int64_t> pads;       // begin per axis, then end per axis; empty where extents are open
  std::vector<Convention> conventions;  // that these numbers follow
  bool has_weights = false;
  bool has_pad_node = false;
  bool has_other_value = false;  // a Pad whose cells are not what the window takes for padding
};

struct LayerDifference {
  LayerSide source;
  LayerSide target;
  Match match = Match::kPosition;
  bool is_certain = false;           // aligned by weights that no other layer has
  Status status = Status::kUnknown;  // proved: the same cells are read; refuted: others
  std::string reason;                // if it is not proved
  /// How many cells further along each axis the target's windows begin. Empty if not known.
  std::vector<std::int64_t> shift;
};

struct PaddingDiff {
  Status status = Status::kUnknown;
  std::vector<LayerDifference> layers;  // aligned ones, in the source's order
  std::vector<LayerSide> left_source;   // without a counterpart
  std::vector<LayerSide> left_target;
};

/// Nothing is run.
PaddingDiff diff_padding(const model::GraphInstance& source, const model::GraphInstance& target);

/// `2 of 54 layers pad differently`, ...
std::string summary(const PaddingDiff& diff);

}  // namespace padproof::verifier
