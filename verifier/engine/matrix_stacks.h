// SPDX-License-Identifier: Apache-2.0
// Stacks of matrices [rows, inner] and [inner, columns] that are multiplied pair by pair, as numpy.matmul
// pairs them. Source: ONNX MatMul-13.
#pragma once

#include "verifier/engine/broadcast.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {

struct MatrixStacks {
  Dims left;    // with a row where a vector was given
  Dims right;   // with a column where a vector was given
  Dims stack;   // the leading axes of the result
  Dims full;    // of the result, the axes of vectors kept
  Dims output;  // of the result
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;

  /// kMalformed if the operands do not fit.
  static model::Result<MatrixStacks> of(Dims left, Dims right);

  /// Calls matrix(left offset, right offset, output offset) for each pair of matrices that gives outputs.
  template <class Matrix>
  void for_each(Matrix&& matrix) const {
    if (rows == 0 || columns == 0) return;
    const Dims left_stack(left.begin(), left.end() - 2);
    const Dims right_stack(right.begin(), right.end() - 2);
    for_each_broadcast<2>(stack, {left_stack, right_stack}, [&](std::int64_t i, const auto& at) {
      matrix(at[0] * rows * inner, at[1] * inner * columns, i * rows * columns);
    });
  }
};

}  // namespace padproof::verifier
