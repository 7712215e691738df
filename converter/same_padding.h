// SPDX-License-Identifier: Apache-2.0
// The SAME arithmetic of the converter, in one place. The verifier has its own derivation and never calls
// this.
//
// Formula: out = ceil(H/s), total = max(0, (out-1)*s + k_e - H), k_e = (k-1)*d + 1;
//          SAME_UPPER puts floor(total/2) before, SAME_LOWER ceil(total/2).
// Source:  ONNX Conv-11..22, MaxPool-12..22 (auto_pad); TensorFlow tf.nn "SAME".
#pragma once

#include <cstdint>
#include <optional>

#include "model/extent.h"

namespace padproof::converter {

/// Where the odd cell of an odd total goes.
enum class Split { kUpper, kLower };

/// Cells added before and after one axis.
struct AxisPads {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  friend bool operator==(const AxisPads&, const AxisPads&) = default;
};

/// One axis of a window. All at least 1 and below 2^30.
struct AxisWindow {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;

  /// k_e: how far one window reaches.
  [[nodiscard]] std::int64_t effective_kernel() const { return (kernel - 1) * dilation + 1; }
};

/// SAME pads for an input of `extent` >= 1 cells, below 2^30: those of every extent with the same residue
/// modulo the stride.
AxisPads same_pads(const AxisWindow& window, std::int64_t extent, Split split);

/// The total before it is clamped at 0: negative where windows leave gaps wider than what is left at the end.
std::int64_t unclamped_total(const AxisWindow& window, std::int64_t extent);

/// Pads that equal SAME for every extent, if there are any: always at stride 1, and wherever the begin pad is
/// the same for all residues H mod s (then pe = k_e - 1 - pb; cells beyond the last window are never read).
std::optional<AxisPads> same_pads_for_every_extent(const AxisWindow& window, Split split);

/// SAME for a transposed convolution, whose output is to be H*s: the total to crop, k_e + output_padding - s,
/// split as above. Nothing if it is negative: no crop gives that output.
std::optional<AxisPads> same_crop(const AxisWindow& window, std::int64_t output_padding, Split split);

/// `total` >= 0 in two.
AxisPads split_total(std::int64_t total, Split split);

}  // namespace padproof::converter
