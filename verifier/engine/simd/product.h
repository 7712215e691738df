// SPDX-License-Identifier: Apache-2.0
// Product of two float matrices on all cores, with the bits of the scalar oracle: each element's terms fused,
// in ascending order of the inner axis, from +0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace padproof::verifier::simd {

/// output[row][column] = sum over k of left[row][k] * right[k][column]; steps are elements between rows.
struct Product {
  const std::byte* left = nullptr;  // floats at any address
  std::int64_t left_step = 0;
  const std::byte* right = nullptr;  // as well
  std::int64_t right_step = 0;
  float* output = nullptr;
  std::int64_t output_step = 0;
  std::int64_t rows = 0;
  std::int64_t inner = 0;
  std::int64_t columns = 0;
};

/// False, with anything in the output, if an element is not finite.
bool multiply(const Product& product);

}  // namespace padproof::verifier::simd
