// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/heat.h"

#include <algorithm>
#include <cmath>

namespace padproof::verifier {
namespace {

/// For each cell of an axis its block, times `step`.
std::vector<std::size_t> blocks_of(std::size_t extent, std::size_t step) {
  const std::size_t blocks = std::min(extent, kMostHeatCells);
  std::vector<std::size_t> block_of(extent);
  for (std::size_t block = 0; block < blocks; ++block)
    std::fill(block_of.begin() + static_cast<std::ptrdiff_t>(block * extent / blocks), block_of.end(),
              block * step);
  return block_of;
}

std::size_t extent_of(const Dims& dims, std::size_t from_the_end) {
  return dims.size() < 2 + from_the_end ? 1 : static_cast<std::size_t>(dims[dims.size() - from_the_end]);
}

char digit_of(double distance, double largest) {
  if (distance == 0) return '0';
  if (!std::isfinite(distance)) return '9';
  // Divided first: nine times the largest number is none.
  return static_cast<char>('0' + std::clamp(static_cast<int>(std::ceil(distance / largest * 9)), 1, 9));
}

}  // namespace

Heat::Heat(const Dims& dims)
    : row_of_(blocks_of(extent_of(dims, 2), std::min(extent_of(dims, 1), kMostHeatCells))),
      column_of_(blocks_of(extent_of(dims, 1), 1)),
      width_(std::min(column_of_.size(), kMostHeatCells)),
      cells_(std::min(row_of_.size(), kMostHeatCells) * width_) {}

std::vector<std::string> Heat::rows() const {
  double largest = 0;
  for (const double cell : cells_)
    if (std::isfinite(cell)) largest = std::max(largest, cell);
  std::vector<std::string> rows;
  if (std::all_of(cells_.begin(), cells_.end(), [](double cell) { return cell == 0; })) return rows;
  for (std::size_t begin = 0; begin < cells_.size(); begin += width_) {
    std::string& row = rows.emplace_back();
    for (std::size_t i = begin; i < begin + width_; ++i) row += digit_of(cells_[i], largest);
  }
  return rows;
}

}  // namespace padproof::verifier
