// SPDX-License-Identifier: Apache-2.0
// Where two models pad differently, layer by layer.
#pragma once

#include <string>
#include <vector>

#include "verifier/diff/layer_difference.h"
#include "verifier/evidence.h"

namespace padproof::verifier {

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
