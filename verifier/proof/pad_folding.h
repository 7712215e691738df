// SPDX-License-Identifier: Apache-2.0
// Pad nodes in front of a window, folded into its index map.
//
// Not in front of transposed convolutions: their padding crops the output.
// Before:     Pad(x, before/after, value) -> window(pads).   After: one map over x with both kinds of
// padding. Conditions: constant mode, known non-negative pads on spatial axes only, and a pad value equal to
// what the window
//             itself takes for padding: 0 for convolutions (the zero point if quantised), averages and Lp
//             norms, the least value of the type (-inf) for maxima. Source: Pad-1, -2, -11..25.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/proof/place.h"
#include "verifier/window.h"

namespace padproof::verifier {

struct FoldedPads {
  Place data;  // what the innermost folded Pad pads, or the window's data if there is none
  std::vector<std::int64_t> before;  // per spatial axis, summed over the Pads
  std::vector<std::int64_t> after;
  std::vector<const model::Node*> nodes;  // the Pads, outermost first
  std::vector<double> other_values;       // of Pads whose cells are not what the window takes for padding
};

/// Which Pads are folded.
enum class PadValues {
  kOfTheWindow,  ///< those whose value is what the window takes for padding
  kAny,          ///< those of any known value: where the pads are, not what they do
};

/// Folds as many Pads as can be, starting from the data of `window_node`. Never fails: what cannot be folded
/// stays.
FoldedPads fold_pads(const model::GraphInstance& instance, const model::Node& window_node,
                     const WindowOperator& meaning, PadValues values = PadValues::kOfTheWindow);

}  // namespace padproof::verifier
