// SPDX-License-Identifier: Apache-2.0
// How many places a sliding window has. Only counts: where the pads go is the converter's and the verifier's
// business.
//
// Formula, per axis (ONNX Conv-11, MaxPool-22; ke = (k-1)*d + 1):
//   SAME            ceil(H/s), whatever ceil_mode says
//   VALID, NOTSET   floor((H + pb + pe - ke)/s) + 1; VALID has no pads
//   with ceil_mode  ceil instead of floor, without a last window that would start in the end padding
#pragma once

#include <cstdint>
#include <vector>

#include "model/shapes/rule.h"

namespace padproof::model::shapes {

/// First opset whose schema has the attribute; 0 for never.
struct WindowSchema {
  std::int64_t dilations_since = 1;
  std::int64_t ceil_mode_since = 0;
};

enum class Padding { kExplicit, kSame };

struct WindowAxis {
  Extent kernel;  // unknown where only the weight says it and that is not known
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;

  /// Extent from the first to the last tap.
  [[nodiscard]] Extent reach() const { return (kernel - 1) * dilation + 1; }
};

struct Window {
  std::vector<WindowAxis> axes;
  Padding padding = Padding::kExplicit;
  bool ceil_mode = false;
};

/// Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode for `rank` spatial axes.
/// `weight_kernel` holds what the weight says of the kernel; without it kernel_shape is required. Errors:
/// lists of the wrong length, numbers out of range, attributes that this version does not have, a
/// kernel_shape that contradicts the weight.
Result<Window> read_window(const RuleContext& context, std::size_t rank, const WindowSchema& schema,
                           const std::vector<Extent>* weight_kernel);

/// Output extent of one axis. Error "empty-output" if the window does not fit anywhere in an input that is
/// not empty.
Result<Extent> window_extent(const Window& window, const WindowAxis& axis, const Extent& input);

/// Applies the window to the spatial extents of `shape`, which begin at `first`.
Result<void> slide(const Window& window, Shape& shape, std::size_t first);

}  // namespace padproof::model::shapes
