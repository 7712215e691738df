// SPDX-License-Identifier: Apache-2.0
// Whether the weights of one output channel are those of another model's, perhaps times a number.
#pragma once

#include <cstddef>

namespace padproof::verifier {

enum class SameWeights {
  kNo,
  kBits,    ///< element for element
  kScaled,  ///< up to rounding and one factor for each output channel
};

/// Of what a channel holds, folding rounds a factor and a product: a few parts in ten millions.
inline constexpr float kClose = 1e-5F;

/// `count` floats each, at any addresses. The factor is that of the largest element of `left`; every element
/// is within kClose of the largest.
SameWeights same_up_to_factor(const char* left, const char* right, std::size_t count);

}  // namespace padproof::verifier
