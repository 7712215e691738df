// SPDX-License-Identifier: Apache-2.0
// Windows that slide over one plane at a time: MaxPool, AveragePool and depthwise convolution, with the bits
// of the scalar oracle.
//
// Vectors run over neighbouring windows; taps come in row-major order and those on padding are skipped.
#pragma once

#include "verifier/engine/simd/moves.h"
#include "verifier/engine/simd/strip.h"
#include "verifier/window.h"

namespace padproof::verifier::simd {

/// Planes of [planes, in_rows, in_columns] to [planes, out_rows, out_columns].
struct Planes {
  const float* input;
  float* output;
  std::int64_t count;  // of outputs
};

struct DepthwiseOperands {
  Planes planes;
  const std::byte* weights;  // floats at any address, [planes.count, taps]
  std::int64_t multiplier;   // outputs for each input plane
  std::int64_t channels;     // outputs of one image
  Finish finish;
};

/// Whether the functions below are made for it: one or two spatial axes, taps not without number.
bool can_slide(const Window& window);

/// A window without taps inside gives -inf.
void slide_max(const Window& window, const Planes& planes);
/// False, with anything in the output, if a result is not finite or a divisor is not positive.
bool slide_average(const Window& window, const Planes& planes);
/// False, with anything in the output, if a sum is not finite.
bool slide_depthwise(const Window& window, const DepthwiseOperands& operands);

}  // namespace padproof::verifier::simd
