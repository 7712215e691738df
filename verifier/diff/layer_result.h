// SPDX-License-Identifier: Apache-2.0
// Which value of a layer holds what another model's layer computes.
//
// Exporters and optimisers write a bias and a batch normalisation into a convolution, behind it as
// BatchNormalization, Add, Sub, Mul or Div by constants for each channel, or half and half. All of that makes
// of a layer's sum s the number scale * s + shift, for each channel: two values stand for each other where
// these are the same.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/facts.h"
#include "verifier/window.h"

namespace padproof::verifier {

struct Layer;

/// A value behind a layer, and the node that gives it: the layer's own first.
struct ResultStep {
  model::ValueId value = model::kNoValue;
  const model::Node* node = nullptr;
};

using Readers = std::unordered_multimap<model::ValueId, const model::Node*>;

/// The layer's first output, and what each next one is made into while nothing else reads it. Empty if it has
/// none.
std::vector<ResultStep> results_of(const model::GraphInstance& instance, const model::Node& node,
                                   const Readers& readers);

/// Of two layers' results those that stand for each other: the last that are the same function, or simply the
/// last where nobody can tell, or where both have more behind and it differs.
std::pair<std::size_t, std::size_t> same_results(const Layer& source, const Layer& target);

}  // namespace padproof::verifier
