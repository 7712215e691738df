// SPDX-License-Identifier: Apache-2.0
// Walks the windows of a convolution tap by tap: for one tap, the rows of windows that read inside the input.
//
// Taps are row-major over the kernel, so visiting them in ascending order gives every output its terms in the
// order of the contract. Windows whose tap is padding are never visited.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/window.h"

namespace padproof::verifier {

class TapRows {
 public:
  explicit TapRows(const Window& window);

  [[nodiscard]] std::int64_t taps() const { return taps_; }

  /// Calls row(window, position, step, count) for each row: offsets in elements within one channel's plane of
  /// windows and of positions; `step` is the distance of neighbouring windows' positions. For a transposed
  /// convolution the windows are the input's cells and the positions the output's.
  template <class Row>
  void visit(std::int64_t tap, Row&& row) const;

 private:
  struct Range {
    std::int64_t window;    // the first one that reads inside
    std::int64_t position;  // what it reads
    std::int64_t count;
  };
  struct Axis {
    std::int64_t windows;
    std::int64_t positions;
    std::int64_t stride;
    std::int64_t taps_inside;   // taps of the axes after this one
    std::vector<Range> ranges;  // by tap along this axis
  };
  static Axis make_axis(const WindowAxis& axis, bool transposed);

  template <class Row>
  static void descend(std::span<const Axis> axes, std::int64_t tap, std::int64_t window,
                      std::int64_t position, Row& row);

  std::int64_t taps_ = 1;
  std::vector<Axis> axes_;
};

template <class Row>
void TapRows::visit(std::int64_t tap, Row&& row) const {
  descend(axes_, tap, 0, 0, row);
}

template <class Row>
void TapRows::descend(std::span<const Axis> axes, std::int64_t tap, std::int64_t window,
                      std::int64_t position, Row& row) {
  const Axis& axis = axes.front();
  const Range& range = axis.ranges[static_cast<std::size_t>(tap / axis.taps_inside)];
  window = window * axis.windows + range.window;
  position = position * axis.positions + range.position;
  if (axes.size() == 1) {
    if (range.count > 0) row(window, position, axis.stride, range.count);
    return;
  }
  for (std::int64_t i = 0; i < range.count; ++i)
    descend(axes.subspan(1), tap % axis.taps_inside, window + i, position + i * axis.stride, row);
}

}  // namespace padproof::verifier
