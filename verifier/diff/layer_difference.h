// SPDX-License-Identifier: Apache-2.0
// How two aligned layers pad.
#pragma once

#include <cstdint>
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
  bool folds_otherwise = false;      // a bias or a normalisation stands elsewhere in the other model
  bool has_other_axes = false;       // those of one cell stand elsewhere in the other model
  Status status = Status::kUnknown;  // proved: the same cells are read; refuted: others
  std::string reason;                // if it is not proved
  /// How many cells further along each axis the target's windows begin. Empty if not known.
  std::vector<std::int64_t> shift;
};

}  // namespace padproof::verifier
