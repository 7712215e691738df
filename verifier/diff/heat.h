// SPDX-License-Identifier: Apache-2.0
// Where in a map two tensors differ, and by how much: a digit a cell, for reports.
//
// A map of up to 32 x 32 cells has a digit for each; a larger one is gathered into 32 x 32 blocks as even as
// can be, cells k n / 32 (rounded down) and on for block k of n cells. A block shows the largest distance in
// it, of all batches, channels and spatial axes in front of the last two; a map of one spatial axis is a
// single row.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

inline constexpr std::size_t kMostHeatCells = 32;  // along an axis

/// Distances gathered into the blocks of a map.
class Heat {
 public:
  /// Of a map [N,C,spatial...].
  explicit Heat(const Dims& dims);

  /// How far apart two elements are at that place of the last two axes. Infinite where they cannot be told
  /// apart by a number.
  void add(std::size_t row, std::size_t column, double distance) {
    double& cell = cells_[row_of_[row] + column_of_[column]];
    if (distance > cell) cell = distance;
  }

  /// 0 where no element differs, otherwise 1 to 9 by equal steps up to the largest finite distance; 9 for
  /// infinite ones. Rows from the top; none if nothing was added.
  [[nodiscard]] std::vector<std::string> rows() const;

 private:
  std::vector<std::size_t> row_of_;  // where in `cells_` the block begins that a row is in
  std::vector<std::size_t> column_of_;
  std::size_t width_;
  std::vector<double> cells_;
};

}  // namespace padproof::verifier
