// SPDX-License-Identifier: Apache-2.0
// Where two models pad differently, layer by layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verifier/diff/alignment.h"
#include "verifier/diff/layer_side.h"
#include "verifier/evidence.h"

namespace padproof::verifier {

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
