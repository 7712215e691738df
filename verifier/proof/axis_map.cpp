// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/axis_map.h"

#include <algorithm>

namespace padproof::verifier {
namespace {

// An output cell w of a transposed convolution gets x[i] * weight[t] where i*s + t*d - pb = w.
std::optional<std::int64_t> transposed_cell(const WindowAxis& axis, std::int64_t window, std::int64_t tap) {
  const std::int64_t scaled = window + axis.pad_begin - tap * axis.dilation;
  if (scaled < 0 || scaled % axis.stride != 0 || scaled / axis.stride >= axis.in) return std::nullopt;
  return scaled / axis.stride;
}

bool is_pool(WindowKind kind) {
  return kind == WindowKind::kMaxPool || kind == WindowKind::kAveragePool || kind == WindowKind::kLpPool;
}

// Each tap has a weight of its own, so it must read the same cell.
std::optional<AxisDifference> tap_difference(WindowKind kind, const WindowAxis& source,
                                             const WindowAxis& target, std::int64_t window) {
  for (std::int64_t tap = 0; tap < source.kernel; ++tap) {
    const auto source_cell = cell(kind, source, window, tap);
    const auto target_cell = cell(kind, target, window, tap);
    if (source_cell != target_cell) return AxisDifference{window, tap, source_cell, target_cell, false, 0, 0};
  }
  return std::nullopt;
}

// A pool sees the cells alone: equal ones in equal order, whichever tap reads them.
std::optional<AxisDifference> pool_difference(const WindowAxis& source, const WindowAxis& target,
                                              std::int64_t window) {
  const auto next_cell = [&](const WindowAxis& axis, std::int64_t& tap) -> std::optional<std::int64_t> {
    while (tap < axis.kernel) {
      if (const auto at = position(axis, window, tap++)) return at;
    }
    return std::nullopt;
  };
  std::int64_t source_tap = 0;
  std::int64_t target_tap = 0;
  for (;;) {
    const auto source_cell = next_cell(source, source_tap);
    const auto target_cell = next_cell(target, target_tap);
    if (source_cell != target_cell) {
      return AxisDifference{window, std::max(source_tap, target_tap) - 1, source_cell, target_cell, false, 0,
                            0};
    }
    if (!source_cell) return std::nullopt;
  }
}

// Numbers that cannot matter are left out: the end pad decides nothing that `out` does not show, but for
// averages.
bool same_numbers(const WindowAxis& source, const WindowAxis& target, bool counts_matter) {
  return source.in == target.in && source.kernel == target.kernel && source.stride == target.stride &&
         source.dilation == target.dilation && source.pad_begin == target.pad_begin &&
         (!counts_matter || source.pad_end == target.pad_end);
}

}  // namespace

std::optional<std::int64_t> cell(WindowKind kind, const WindowAxis& axis, std::int64_t window,
                                 std::int64_t tap) {
  return kind == WindowKind::kTransposedConv ? transposed_cell(axis, window, tap)
                                             : position(axis, window, tap);
}

AxisComparison compare_axes(WindowKind kind, const WindowAxis& source, const WindowAxis& target,
                            bool source_include, bool target_include, std::int64_t most_comparisons) {
  AxisComparison result;
  const bool counts_matter = kind == WindowKind::kAveragePool;
  if (source.out != target.out) return {AxisVerdict::kOtherExtent, {}, 0};
  if (source.kernel != target.kernel && !is_pool(kind)) return {AxisVerdict::kOtherKernel, {}, 0};
  if (same_numbers(source, target, counts_matter) && (!counts_matter || source_include == target_include))
    return result;
  const std::int64_t taps = std::max(source.kernel, target.kernel);
  if (source.out > most_comparisons / taps) return {AxisVerdict::kTooLarge, {}, 0};
  for (std::int64_t window = 0; window < source.out; ++window) {
    auto difference = is_pool(kind) ? pool_difference(source, target, window)
                                    : tap_difference(kind, source, target, window);
    result.compared += taps;
    if (!difference && counts_matter) {
      const std::int64_t source_count = counted_taps(source, window, source_include);
      const std::int64_t target_count = counted_taps(target, window, target_include);
      if (source_count != target_count) {
        difference = AxisDifference{
            window,       0,           position(source, window, 0), position(target, window, 0), true,
            source_count, target_count};
      }
    }
    if (!difference) continue;
    result.verdict = AxisVerdict::kDifferent;
    result.difference = *difference;
    return result;
  }
  return result;
}

}  // namespace padproof::verifier
