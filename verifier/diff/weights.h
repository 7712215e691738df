// SPDX-License-Identifier: Apache-2.0
// The constant weights of a layer, told apart from others by a few elements and compared by all.
//
// Exporters write the same weights in other ways: stored otherwise, transposed by a node in front, or with a
// batch normalisation folded in, which multiplies each output channel by one number, as the scale of a
// quantised constant does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "verifier/diff/same_up_to_factor.h"
#include "verifier/proof/place.h"
#include "verifier/window.h"

namespace padproof::verifier {

/// Constants as [output channel, input channel, kernel...], whatever the order they are stored in.
struct Weights {
  const model::TensorRef* constant = nullptr;
  std::vector<std::int64_t> dims;
  std::vector<std::int64_t> steps;  // elements from one place to the next along each dim
  bool is_scaled = false;           // a DequantizeLinear in front multiplies them

  [[nodiscard]] bool is_known() const { return constant != nullptr; }
};

/// What the node's weight input holds; not known if the node has none or it is not constant.
Weights weights_of(const model::GraphInstance& instance, const model::Node& node,
                   const WindowOperator& meaning);

/// A few elements of a few output channels, each channel divided by its largest: equal up to rounding where
/// weights are the same up to a factor for each channel. Types other than float, int8
/// and uint8 are sampled as bytes.
using Sample = std::vector<float>;
Sample sample_of(const Weights& weights);
bool are_close(const Sample& left, const Sample& right);

/// The same weights without spatial dims of 1: a Conv1D may be written as a Conv2D.
Weights without_ones(const Weights& weights);

/// By what number each output channel of `left` is multiplied to be that of `right`, which compare_weights
/// says it is, from a few elements; NaN where these are 0. Empty where that cannot be said.
std::vector<float> channel_factors(const Weights& left, const Weights& right);

/// Reads all elements. kNo if they cannot be read. Spatial dims of 1 are no difference.
SameWeights compare_weights(const Weights& left, const Weights& right);

}  // namespace padproof::verifier
