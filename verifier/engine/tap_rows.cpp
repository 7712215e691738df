// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/tap_rows.h"

#include <algorithm>

namespace padproof::verifier {
namespace {

/// Kernel 1, stride 1, no pads: every window reads the position of its own number.
bool is_pointwise(const WindowAxis& axis) {
  return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.out == axis.in;
}

std::int64_t ceil_div(std::int64_t numerator, std::int64_t divisor) {
  return (numerator + divisor - 1) / divisor;
}

}  // namespace

TapRows::TapRows(const Window& window) {
  const bool transposed = window.kind == WindowKind::kTransposedConv;
  std::vector<WindowAxis> axes = window.axes;
  if (std::all_of(axes.begin(), axes.end(), is_pointwise)) {
    // One long row instead of many short ones.
    for (std::size_t i = 1; i < axes.size(); ++i) axes[0].in *= axes[i].in;
    axes.resize(1);
    axes[0].out = axes[0].in;
  }
  for (const WindowAxis& axis : axes) axes_.push_back(make_axis(axis, transposed));
  for (std::size_t i = axes.size(); i-- > 0;) {
    axes_[i].taps_inside = taps_;
    taps_ *= axes[i].kernel;
  }
}

TapRows::Axis TapRows::make_axis(const WindowAxis& axis, bool transposed) {
  Axis made{transposed ? axis.in : axis.out, transposed ? axis.out : axis.in, axis.stride, 1, {}};
  made.ranges.reserve(static_cast<std::size_t>(axis.kernel));
  for (std::int64_t t = 0; t < axis.kernel; ++t) {
    // Window o reads o*stride + shift.
    const std::int64_t shift = t * axis.dilation - axis.pad_begin;
    const std::int64_t first = shift >= 0 ? 0 : ceil_div(-shift, axis.stride);
    const std::int64_t room = made.positions - shift;  // o*stride must stay below
    const std::int64_t end = room <= 0 ? 0 : std::min(made.windows, ceil_div(room, axis.stride));
    made.ranges.push_back({first, first * axis.stride + shift, std::max<std::int64_t>(0, end - first)});
  }
  return made;
}

}  // namespace padproof::verifier
