// SPDX-License-Identifier: Apache-2.0
// Multidirectional broadcasting, and the one-sided kind of opsets before 7.
// Source: ONNX Broadcasting.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernel.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// The common dims; kMalformed if there are none.
model::Result<Dims> broadcast_dims(std::span<const Dims> all);

/// Dims that stand for `right` in `left op right`: as they are from opset 7 on; before, placed at the
/// attribute `axis` (or at the end), and only with the attribute `broadcast`.
model::Result<Dims> legacy_aligned(const KernelContext& context, const Dims& left, const Dims& right);

/// Strides of an operand along the axes of `result`: 0 where it is broadcast.
Dims broadcast_strides(const Dims& operand, const Dims& result);

/// Calls cell(result offset, operand offsets) for every element of the result in row-major order.
template <std::size_t N, class Cell>
void for_each_broadcast(const Dims& result, const std::array<Dims, N>& operands, Cell&& cell) {
  std::array<Dims, N> strides;
  for (std::size_t k = 0; k < N; ++k) strides[k] = broadcast_strides(operands[k], result);
  std::int64_t count = 1;
  for (const std::int64_t extent : result) count *= extent;
  Dims place(result.size(), 0);
  std::array<std::int64_t, N> offsets{};
  for_each_in_time(count, kOperationsOfPlace, [&](std::int64_t i) {
    cell(i, offsets);
    for (std::size_t axis = result.size(); axis-- > 0;) {
      const bool carries = ++place[axis] == result[axis];
      for (std::size_t k = 0; k < N; ++k)
        offsets[k] += carries ? -strides[k][axis] * (result[axis] - 1) : strides[k][axis];
      if (!carries) break;
      place[axis] = 0;
    }
  });
}

}  // namespace padproof::verifier
