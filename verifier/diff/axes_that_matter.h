// SPDX-License-Identifier: Apache-2.0
// Layers whose data has other extents or another rank in the other model, compared by their numbers.
#pragma once

#include <vector>

#include "verifier/diff/layer_difference.h"

namespace padproof::verifier {

/// Exporters write a Conv1D as a Conv2D over one row: the window's axes without those of one cell along which
/// it does nothing. All of them where both windows have the same rank.
struct MatchingAxes {
  std::vector<WindowAxis> source;
  std::vector<WindowAxis> target;
};
MatchingAxes matching_axes(const Window& source, const Window& target);

/// Of the data, along some axis.
bool have_other_extents(const MatchingAxes& axes);

/// Refutes layers that have other kernels, strides, dilations or groups; leaves the status alone otherwise.
void compare_numbers(const MatchingAxes& axes, LayerDifference& result);

/// Behind a layer that differs extents differ, and the same numbers are no discrepancy of this layer; nor are
/// those that SAME gives where the other states it.
void compare_at_own_extents(const MatchingAxes& axes, LayerDifference& result);

/// Of other ranks, cell by cell along the axes that matter. With open extents by their numbers.
void compare_other_ranks(const MatchingAxes& axes, LayerDifference& result);

}  // namespace padproof::verifier
