// SPDX-License-Identifier: Apache-2.0
// Elementwise operations on floats, in vectors and on all cores, with the bits of the scalar oracle.
#pragma once

#include <cstdint>

#include "verifier/engine/simd/strip.h"

namespace padproof::verifier::simd {

/// The clamp of Relu and Clip, see Finish.
void clamp(const Finish& finish, const float* x, float* y, std::int64_t count);

enum class Operation { kAdd, kSubtract, kMultiply, kDivide };

/// Runs of `length` elements, `runs` of them, one behind the other in the output. An operand's next element
/// is `step` (0 or 1) further, its next run `stride` further, counted again from the start after `period`
/// runs.
struct Operand {
  const float* data;
  std::int64_t step;
  std::int64_t stride;
  std::int64_t period;
};
struct Runs {
  std::int64_t runs;
  std::int64_t length;
};

/// False, with anything in the output, if a result is not finite: which of two NaN a processor passes on
/// depends on how an operation was compiled.
bool combine(Operation operation, const Operand& left, const Operand& right, Runs runs, float* output);

/// y = (x - mean) / deviation * scale + bias for each of `planes` planes, channels [channels] repeating.
struct ChannelNumbers {
  const float* mean;
  const float* deviation;
  const float* scale;
  const float* bias;
};
/// False, with anything in the output, if a result is not finite.
bool normalize_planes(const ChannelNumbers& numbers, std::int64_t channels, std::int64_t planes,
                      std::int64_t plane, const float* x, float* y);

}  // namespace padproof::verifier::simd
