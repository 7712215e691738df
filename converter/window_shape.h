// SPDX-License-Identifier: Apache-2.0
// kernel_shape, strides, dilations of a node as numbers, from attributes and, where absent, from the weights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "converter/resolve.h"

namespace padproof::converter {

/// Largest kernel, stride, dilation, pad or extent that is computed with: products of two stay within 63
/// bits.
inline constexpr std::int64_t kLargestNumber = std::int64_t{1} << 30;

/// One entry per spatial axis; `unknown` says why there are none.
struct WindowShape {
  std::vector<AxisWindow> axes;
  std::string unknown;
};

model::Result<WindowShape> read_window_shape(const WindowNode& window);

/// The ints of an attribute, each checked to be in [least, kLargestNumber) and to be `count` of them if any.
model::Result<std::vector<std::int64_t>> read_checked_ints(const WindowNode& window,
                                                           std::string_view attribute, std::size_t count,
                                                           std::int64_t least);

}  // namespace padproof::converter
