// SPDX-License-Identifier: Apache-2.0
// Convolution of bytes on all cores: the sums of the scalar oracle, modulo 2^32.
#pragma once

#include "verifier/engine/convolution.h"
#include "verifier/engine/memory_budget.h"

namespace padproof::verifier::simd {

/// int8 or uint8 tensors with their zero points: one of the data, one of the weights or one for each row.
struct IntegerConvOperands {
  const Tensor& data;
  std::int32_t data_point = 0;
  const Tensor& weights;
  const std::vector<std::int32_t>& weight_points;
  const std::int32_t* bias = nullptr;  // may be null
  std::int32_t* output = nullptr;
};

/// Whether the fast path takes this window: neither empty nor mostly padding.
bool can_convolve_integers(const Window& window, const ConvSizes& sizes);

/// An error if memory for the widened operands is not to be had.
model::Result<void> convolve_integers(const Window& window, const ConvSizes& sizes,
                                      const IntegerConvOperands& operands, const MemoryBudget& memory);

}  // namespace padproof::verifier::simd
