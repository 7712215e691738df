// SPDX-License-Identifier: Apache-2.0
// Convolution of float planes as a product of matrices, blocked and on all cores, with the bits of the scalar
// oracle.
#pragma once

#include "verifier/engine/convolution.h"
#include "verifier/engine/simd/strip.h"

namespace padproof::verifier::simd {

struct ConvOperands {
  const float* data;
  const std::byte* weights;  // floats at any address
  float* output;
  Finish finish;
};

/// Whether convolve() is made for it: not transposed, one or two spatial axes, channels enough to fill rows.
bool can_convolve(const Window& window, const ConvSizes& sizes);

/// Fills the output. False, with anything in the output, where the oracle's bits cannot be vouched for:
/// - a sum is not finite: the oracle skips padding, here it is multiplied, and infinity times 0 is NaN;
/// - a term of a padded convolution underflowed: -0 stays -0 where padding is skipped, and becomes +0 where
///   it is added.
bool convolve(const Window& window, const ConvSizes& sizes, const ConvOperands& operands);

}  // namespace padproof::verifier::simd
