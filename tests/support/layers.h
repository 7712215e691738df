// SPDX-License-Identifier: Apache-2.0
// Random small models that the fast path is made for, and inputs that try its weak spots.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "verifier/engine/executor.h"

namespace padproof::test {

/// Where cases get their choices from.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  virtual std::int64_t between(std::int64_t least, std::int64_t most);
  bool one_in(std::int64_t count) { return between(1, count) == 1; }
  float normal();

 private:
  std::mt19937_64 engine_;
  std::normal_distribution<float> normal_;
};

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

/// An infinity, NaN, zero, or what is next to them.
float special_value(Random& random);

/// Values for the inputs of a model, by name: `positive` and `small` are above 0 unless special.
verifier::NamedTensors random_inputs(const model::Model& model, Values values, Random& random);

}  // namespace padproof::test
