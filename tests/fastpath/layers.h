// SPDX-License-Identifier: Apache-2.0
// Random small models that the fast path is made for, and inputs that try its weak spots.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "verifier/engine/executor.h"

namespace padproof::test {

using Random = std::mt19937_64;

/// In ONNX's textual syntax; all operands are graph inputs.
struct LayerCase {
  std::string text;
};

/// Convolution of one or two axes, plain, grouped or depthwise, perhaps with Add and Relu or Clip behind it.
LayerCase random_convolution(Random& random);
LayerCase random_pooling(Random& random);
LayerCase random_product(Random& random);
LayerCase random_elementwise(Random& random);
/// ConvInteger or QLinearConv.
LayerCase random_integer_convolution(Random& random);
LayerCase random_integer_product(Random& random);
/// Microsoft's QLinearAdd and QLinearMul.
LayerCase random_linear_bytes(Random& random);

enum class Values {
  kOrdinary,
  kUnderflow,  ///< products vanish: the sign of zero shows where padding was added
  kSpecial,    ///< some are infinite, not a number, or -0
};

/// Values for the inputs of a model, by name: `positive` and `small` are above 0 unless special.
verifier::NamedTensors random_inputs(const model::Model& model, Values values, Random& random);

}  // namespace padproof::test
