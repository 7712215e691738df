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
#include <optional>
#include <string>
#include <vector>

#include "verifier/proof/place.h"
#include "verifier/window.h"

namespace padproof::verifier {

/// One Pad, along the spatial axes of the window.
struct PadPart {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
  double value = 0;
};

struct FoldedPads {
  Place data;  // what the innermost folded Pad pads, or the window's data if there is none
  std::vector<std::int64_t> before;  // per spatial axis, summed over the Pads
  std::vector<std::int64_t> after;
  std::vector<const model::Node*> nodes;  // the Pads, outermost first
  std::vector<PadPart> parts;             // what each of them adds
  double window_value = 0;                // what the window itself takes for padding
  std::vector<double> other_values;       // of Pads whose cells are not that
  /// For each axis of the window's data that of `data`, pad_layout.h; empty where they are the same.
  std::vector<std::size_t> axes;
};

/// The shape of `data` with its axes as the window has them; nothing if its rank is unknown.
std::optional<model::Shape> shape_in_front(const FoldedPads& pads);

/// Which Pads are folded.
enum class PadValues {
  kOfTheWindow,  ///< those whose value is what the window takes for padding
  kAny,          ///< those of any known value: where the pads are, not what they do
  /// The same, also behind what moves axes or gives back what it is given: Transpose, a Cast to the same
  /// type, Dropout, and of zeros quantisation. Not for a proof, which pairs the nodes between.
  kAnyBehindLayout,
};

/// Folds as many Pads as can be, starting from the data of `window_node`. Never fails: what cannot be folded
/// stays.
FoldedPads fold_pads(const model::GraphInstance& instance, const model::Node& window_node,
                     const WindowOperator& meaning, PadValues values = PadValues::kOfTheWindow);

/// All that says what a Pad does, its amounts spread over all axes: `reflect 0 0 1 1 0 0 1 1`,
/// `constant=5 0 0 1 1 0 0 1 1`. What is not known is a question mark.
std::string text_of_pad(const model::GraphInstance& instance, const model::Node& pad);

}  // namespace padproof::verifier
