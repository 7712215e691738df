// SPDX-License-Identifier: Apache-2.0
// The known ways to choose pads, by the numbers they give (SEMANTICS: canonical SAME, and what is not SAME).
#pragma once

#include <string_view>
#include <vector>

#include "verifier/window.h"

namespace padproof::verifier {

enum class Convention {
  kValid,         ///< no padding
  kSameUpper,     ///< TensorFlow, TFLite; ONNX SAME_UPPER
  kSameLower,     ///< ONNX SAME_LOWER
  kSymmetric,     ///< PyTorch, Caffe, Keras ZeroPadding2D: as much on both sides, (k-1)/2
  kFixedPadding,  ///< TensorFlow's official ResNets where they stride: (k-1)/2 rounded down, the rest behind
};

/// `VALID`, `SAME_UPPER`, `SAME_LOWER`, `symmetric`, `fixed_padding`.
std::string_view to_string(Convention convention);

/// Those whose numbers all axes have, in the order above; none: the pads follow no known convention. Without
/// known extents only those that need none. Not for transposed convolutions.
std::vector<Convention> conventions_of(const std::vector<WindowAxis>& axes, bool knows_extents);

/// Of transposed convolutions, where pads are what is cropped: SAME (ConvTranspose-11) gives stride * extent,
/// with the odd cell at the end that the mode names. The extents need not be those of the data.
std::vector<Convention> transposed_conventions_of(const std::vector<WindowAxis>& axes);

}  // namespace padproof::verifier
