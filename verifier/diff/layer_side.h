// SPDX-License-Identifier: Apache-2.0
// What one model says of a layer, in numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/diff/convention.h"
#include "verifier/diff/layer.h"
#include "verifier/proof/window_obligation.h"

namespace padproof::verifier {

/// Stands for an extent that is open: kernels, strides and dilations are the same at any.
inline constexpr std::int64_t kSomeExtent = std::int64_t{1} << 20;

/// One layer on one side.
struct LayerSide {
  const model::Graph* graph = nullptr;
  const model::Node* node = nullptr;
  std::string result;  // name of the value that is compared, layer_result.h; empty outside of the main graph
  std::string input;   // the shape of its data, in front of any Pad
  std::optional<Window> window;  // Pads folded in; where extents are open at ones that are large
  /// Begin per axis, then end per axis. Empty where extents are open, or Pads are in front that are not
  /// folded in and are not the other model's.
  std::vector<std::int64_t> pads;
  std::vector<Convention> conventions;  // that these numbers follow; none where a Pad is not folded in
  std::optional<Convention> written;    // SAME that the node itself states, with no Pad in front
  bool is_unread = false;               // an operator of which it is not known how it pads
  bool has_weights = false;
  bool knows_weights = false;  // they are constant
  bool has_pad_node = false;
  bool has_other_value = false;  // a Pad whose cells are not what the window takes for padding
};

/// The layer as a side of an obligation.
WindowSide side_of(const Layer& layer);

/// Spatial extents of its data, in front of any Pad; nothing if one is open.
std::optional<Dims> known_extents(const Layer& layer);
std::size_t spatial_rank(const Layer& layer);

bool has_convention(const LayerSide& side, Convention convention);

/// With pads only where `extents` are known.
LayerSide describe(const Layer& layer, const std::optional<Dims>& extents);
LayerSide describe(const UnreadNode& unread);

}  // namespace padproof::verifier
