// SPDX-License-Identifier: Apache-2.0
// Index maps of one axis: which input cell tap t of window o reads, or padding.
//
// Guarantee: if two axes have equal maps (and equal counts where averages are taken), the operators agree
// along that axis for every input and every weight. If not, the first differing (o, t) is a witness. Tested
// by: tests/verifier/exhaustive_test.cpp, against a simulation that pads an array and slides over it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "verifier/window.h"

namespace padproof::verifier {

/// Where two maps first differ. An absent cell is padding.
struct AxisDifference {
  std::int64_t window = 0;
  std::int64_t tap = 0;
  std::optional<std::int64_t> source_cell;
  std::optional<std::int64_t> target_cell;
  bool counts_only = false;  // same cells, but an average divides by another count
  std::int64_t source_count = 0;
  std::int64_t target_count = 0;
};

/// Cell read by tap `tap` of output `window`, for every kind of window operator.
std::optional<std::int64_t> cell(WindowKind kind, const WindowAxis& axis, std::int64_t window,
                                 std::int64_t tap);

enum class AxisVerdict { kEqual, kDifferent, kOtherExtent, kOtherKernel, kTooLarge };

struct AxisComparison {
  AxisVerdict verdict = AxisVerdict::kEqual;
  AxisDifference difference;  // set for kDifferent
  std::int64_t compared = 0;  // (window, tap) pairs looked at
};

/// Comparisons before an axis is given up: a 1-D model of a million samples stays far below.
inline constexpr std::int64_t kMostComparisons = std::int64_t{1} << 26;

/// Compares cell by cell; axes with the same numbers are equal at once. `source_include`/`target_include`:
/// whether an average counts padded cells; ignored for other kinds. kTooLarge if it would take more than
/// `most_comparisons`.
AxisComparison compare_axes(WindowKind kind, const WindowAxis& source, const WindowAxis& target,
                            bool source_include, bool target_include,
                            std::int64_t most_comparisons = kMostComparisons);

}  // namespace padproof::verifier
