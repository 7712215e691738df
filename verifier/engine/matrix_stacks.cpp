// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/matrix_stacks.h"

#include <array>

namespace padproof::verifier {

model::Result<MatrixStacks> MatrixStacks::of(Dims left, Dims right) {
  if (left.empty() || right.empty()) return bad_shape("operand is a scalar", left.empty() ? left : right);
  const bool is_row = left.size() == 1;
  const bool is_column = right.size() == 1;
  if (is_row) left.insert(left.begin(), 1);
  if (is_column) right.push_back(1);
  MatrixStacks stacks;
  stacks.rows = left[left.size() - 2];
  stacks.inner = left.back();
  stacks.columns = right.back();
  if (right[right.size() - 2] != stacks.inner)
    return bad_shape("inner axes differ", right, std::to_string(stacks.inner));
  auto stack =
      broadcast_dims(std::array{Dims(left.begin(), left.end() - 2), Dims(right.begin(), right.end() - 2)});
  if (!stack) return model::Error(stack.error());
  stacks.full = stacks.output = stacks.stack = std::move(*stack);
  stacks.full.insert(stacks.full.end(), {stacks.rows, stacks.columns});
  if (!is_row) stacks.output.push_back(stacks.rows);
  if (!is_column) stacks.output.push_back(stacks.columns);
  stacks.left = std::move(left);
  stacks.right = std::move(right);
  return stacks;
}

}  // namespace padproof::verifier
