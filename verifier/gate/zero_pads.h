// SPDX-License-Identifier: Apache-2.0
// Zeros that Pad nodes write in front of a pool, seen through what optimisers take out from between the two.
//
// Through: Transpose (its axes followed), Cast between floats, Dropout that drops nothing, adding 0,
// multiplying by 1, and what leaves a value as it is (Identity; Reshape, Expand, Concat, Split to one shape).
// Measured: ONNX Runtime 1.30 folds Pad and MaxPool behind each of Transpose (once it has cancelled out),
// Cast, Dropout, Add 0, Mul 1 and Expand, onnxoptimizer 0.4.2 behind Concat and Split.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "verifier/diff/layer.h"

namespace padproof::verifier {

struct ZeroPads {
  Place data;                        // what the innermost of these Pads pads
  std::vector<std::int64_t> before;  // zeros per spatial axis of the pool, summed over the Pads
  std::vector<std::int64_t> after;
};

/// Nothing where no Pad in front adds zeros along the pool's spatial axes, or one pads others too.
std::optional<ZeroPads> zero_pads_in_front(const Layer& pool);

}  // namespace padproof::verifier
