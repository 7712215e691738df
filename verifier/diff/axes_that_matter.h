// SPDX-License-Identifier: Apache-2.0
// Layers whose data has other extents or another rank in the other model, compared by their numbers.
#pragma once

#include <vector>

#include "verifier/diff/layer_difference.h"

namespace padproof::verifier {

/// Whether the window does nothing along it: one cell, one tap, no pads. The stride is no number of anything.
bool is_idle(const WindowAxis& axis);

/// Exporters write a Conv1D as a Conv2D over one row or column: where those stand elsewhere, the windows'
/// axes without those of one cell along which they do nothing.
struct MatchingAxes {
  std::vector<WindowAxis> source;
  std::vector<WindowAxis> target;
  bool are_all = true;
};
MatchingAxes matching_axes(const Window& source, const Window& target);

/// Of the data, along some axis.
bool have_other_extents(const MatchingAxes& axes);

/// Refutes layers that have other kernels, strides, dilations or groups; leaves the status alone otherwise.
void compare_numbers(const MatchingAxes& axes, LayerDifference& result);

/// Behind a layer that differs extents differ, and the same numbers are no discrepancy of this layer; nor are
/// those that SAME gives where the other states it.
void compare_at_own_extents(const MatchingAxes& axes, LayerDifference& result);

/// Where not all axes are compared: cell by cell along those that are. With open extents by their numbers.
void compare_axes_that_matter(const MatchingAxes& axes, LayerDifference& result);

}  // namespace padproof::verifier
