// SPDX-License-Identifier: Apache-2.0
// The matrices that Gemm and its kin multiply, read as transA and transB say.
#pragma once

#include <cstdint>

#include "verifier/engine/kernel.h"

namespace padproof::verifier {

/// A matrix as it is multiplied: element (row, column) is at row*row_step + column*column_step.
struct GemmMatrix {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t row_step;
  std::int64_t column_step;
};

struct GemmOperands {
  GemmMatrix left;
  GemmMatrix right;
  [[nodiscard]] std::int64_t inner() const { return left.columns; }
  [[nodiscard]] Dims product() const { return {left.rows, right.columns}; }
};

/// A and B, the inputs of these numbers; kMalformed unless both are matrices and their inner axes are alike.
model::Result<GemmOperands> gemm_operands(const KernelContext& context, std::size_t left, std::size_t right);

/// Checks that an addend broadcasts to the product, and not the product to it; kMalformed otherwise.
model::Result<void> check_gemm_addend(const Dims& addend, const Dims& product);

}  // namespace padproof::verifier
