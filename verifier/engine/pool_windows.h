// SPDX-License-Identifier: Apache-2.0
// Walks the windows of a pooling operator: for each output cell, the input cells that its window covers.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernel.h"
#include "verifier/window.h"

namespace padproof::verifier {

/// A pooling node over data [N,C,spatial...].
struct Pooling {
  Window window;
  Dims output;
  std::int64_t planes = 0;  // N*C
  std::int64_t in_plane = 0;
  std::int64_t out_plane = 0;
};

model::Result<Pooling> pooling_of(const KernelContext& context, const Tensor& data);

/// One output cell's place in its plane, and per axis the taps of its window that read inside the input.
class PoolCell {
 public:
  explicit PoolCell(const Window& window);
  /// Moves to the next cell in row-major order.
  void advance();
  [[nodiscard]] const std::vector<std::int64_t>& place() const { return place_; }

  /// Calls visit(offset in the input plane) for the covered cells in row-major order of the taps.
  template <class Visit>
  void for_each_position(Visit&& visit) const {
    descend(0, 0, visit);
  }

  /// What AveragePool divides by.
  [[nodiscard]] std::int64_t divisor() const;
  [[nodiscard]] bool is_empty() const;

 private:
  template <class Visit>
  void descend(std::size_t i, std::int64_t offset, Visit& visit) const {
    const WindowAxis& axis = window_.axes[i];
    const std::int64_t start = place_[i] * axis.stride - axis.pad_begin;
    for (std::int64_t t = ranges_[i].first; t < ranges_[i].end && !watch_.is_over(); ++t) {
      const std::int64_t at = offset * axis.in + start + t * axis.dilation;
      if (i + 1 == window_.axes.size())
        visit(at);
      else
        descend(i + 1, at, visit);
    }
  }

  const Window& window_;
  std::vector<std::int64_t> place_;
  std::vector<TapRange> ranges_;
  mutable Watch watch_;
};

}  // namespace padproof::verifier
