// SPDX-License-Identifier: Apache-2.0
// Which layers of two models stand for each other, whatever they are called and in whatever order they come.
//
// Weights tell layers apart; what has none, or others than before, is found by the layers around it. A layer
// without a counterpart is left over, and said so.
#pragma once

#include <string_view>
#include <vector>

#include "verifier/diff/layer.h"

namespace padproof::verifier {

enum class Match {
  kWeights,        ///< the same weights, element for element
  kScaledWeights,  ///< the same up to one factor for each output channel, as a folded batch normalisation
  kPosition,       ///< the same operator between layers that match; no weights, or others
};

/// `weights`, `scaled-weights`, `position`.
std::string_view to_string(Match match);

struct LayerPair {
  std::size_t source;
  std::size_t target;
  Match match;
  bool is_certain = false;  // found by weights that no other layer has
};

struct Alignment {
  std::vector<LayerPair> pairs;          // in the source's order
  std::vector<std::size_t> left_source;  // without a counterpart
  std::vector<std::size_t> left_target;
};

Alignment align(const std::vector<Layer>& source, const std::vector<Layer>& target);

}  // namespace padproof::verifier
