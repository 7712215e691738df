// SPDX-License-Identifier: Apache-2.0
#include "converter/same_padding.h"

#include <algorithm>

namespace padproof::converter {

AxisPads split_total(std::int64_t total, Split split) {
  const std::int64_t begin = split == Split::kUpper ? total / 2 : total - total / 2;
  return {begin, total - begin};
}

std::int64_t unclamped_total(const AxisWindow& window, std::int64_t extent) {
  const std::int64_t out = (extent + window.stride - 1) / window.stride;
  return (out - 1) * window.stride + window.effective_kernel() - extent;
}

AxisPads same_pads(const AxisWindow& window, std::int64_t extent, Split split) {
  return split_total(std::max<std::int64_t>(0, unclamped_total(window, extent)), split);
}

std::optional<AxisPads> same_pads_for_every_extent(const AxisWindow& window, Split split) {
  // Totals fall as the residue grows from 1 to s (s standing for 0), so the two ends decide for all between.
  const std::int64_t begin = same_pads(window, window.stride, split).begin;
  if (same_pads(window, 1, split).begin != begin) return std::nullopt;
  const std::int64_t end = std::max<std::int64_t>(0, window.effective_kernel() - 1 - begin);
  return AxisPads{begin, end};
}

std::optional<AxisPads> same_crop(const AxisWindow& window, std::int64_t output_padding, Split split) {
  const std::int64_t total = window.effective_kernel() + output_padding - window.stride;
  if (total < 0) return std::nullopt;
  return split_total(total, split);
}

}  // namespace padproof::converter
