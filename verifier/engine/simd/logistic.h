// SPDX-License-Identifier: Apache-2.0
// 1 / (1 + exp(-x)) of floats, with the bits of the scalar oracle.
#pragma once

#include <cstdint>

namespace padproof::verifier::simd {

/// y[i] = function(x[i]) for `count` elements, where `function` is the oracle's: it must lie within 2^-46 of
/// the exact value, relatively, before its only rounding to float. It is called for few elements.
void logistic(const float* x, std::int64_t count, float (*function)(float), float* y);

}  // namespace padproof::verifier::simd
