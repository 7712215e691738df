// SPDX-License-Identifier: Apache-2.0
// Sums and products of the reals that bytes stand for, with the bits of the scalar oracle: the same
// operations on doubles, in the same order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace padproof::verifier::simd {

/// Bytes that stand for (element - zero) * step. All steps are finite, the result's is not 0.
struct LinearOperand {
  const std::byte* bytes = nullptr;
  double step = 1;
  std::int32_t zero = 0;
};
struct LinearResult {
  std::byte* bytes = nullptr;
  double step = 1;
  std::int32_t zero = 0;
  std::int64_t count = 0;
};

enum class LinearOperation { kAdd, kMultiply };

void combine_linear(LinearOperation operation, bool is_signed, const LinearOperand& left,
                    const LinearOperand& right, const LinearResult& result);

}  // namespace padproof::verifier::simd
