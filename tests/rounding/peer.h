// SPDX-License-Identifier: Apache-2.0
// Models of a node or two, and what another engine may say of them.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "verifier/rounding/compare.h"

namespace padproof::test {

/// A model at operator set 17 read from the ONNX text of its inputs, constants and nodes; its output is `y`.
struct TextModel {
  std::string inputs;          // float[1,3,7,7] x, float[4] b
  std::string nodes;           // y = Relu(x)
  std::string constants = {};  // int64[1] axes = {1}
  std::string output = "float[] y";
  int opset = 17;

  [[nodiscard]] model::Model read() const;
};

/// Floats in [-size, size), or in [size/8, size) if positive.
verifier::Tensor random_floats(std::mt19937& random, verifier::Dims dims, float size = 1,
                               bool positive = false);

/// Throws the diagnostic if the comparison cannot be made.
verifier::Comparison compare_values(const model::Model& model, const verifier::NamedTensors& inputs,
                                    const verifier::NamedTensors& expected);

/// The tensor with its largest float times `factor`.
verifier::Tensor with_largest_scaled(const verifier::Tensor& tensor, float factor);

}  // namespace padproof::test
