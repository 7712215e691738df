// SPDX-License-Identifier: Apache-2.0
// One obligation: two sliding-window nodes whose attributes differ compute the same function of data and
// weights.
//
// Fixed extents are compared cell by cell. For an extent that is only known by name both nodes are resolved
// at one large representative of every residue modulo the stride: SAME pads depend on the extent through that
// residue alone, explicit pads not at all, and both output extents are q + constant in H = q*stride +
// residue, so equality there is equality for every H >= 1 (PROOF, families of sizes).
#pragma once

#include <optional>
#include <string>

#include "verifier/evidence.h"
#include "verifier/proof/pad_folding.h"

namespace padproof::verifier {

struct WindowSide {
  const model::GraphInstance& instance;
  const model::Node& node;
  WindowOperator meaning;
  FoldedPads pads;  // `nodes` empty: nothing folded
};

/// What the node means for spatial extents `core` of the data in front of the folded Pads; their cells become
/// pads of the window.
model::Result<Window> resolve_side(const WindowSide& side, const Dims& core);

struct ObligationResult {
  Status status = Status::kUnknown;
  std::string reason;
  std::vector<std::int64_t> source_pads;
  std::vector<std::int64_t> target_pads;
  std::optional<Witness> witness;
  std::int64_t compared_cells = 0;
  bool holds_at_every_extent = false;  // the pads are those of every size that the data may have
};

/// Both of one kind. Unknown if it would take more than `most_comparisons` of cells.
ObligationResult check_window(const WindowSide& source, const WindowSide& target,
                              std::int64_t most_comparisons);

}  // namespace padproof::verifier
