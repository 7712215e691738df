// SPDX-License-Identifier: Apache-2.0
#include "tests/rounding/peer.h"

#include <algorithm>
#include <cmath>

#include "model/onnx/reader.h"
#include "tests/support/models.h"

namespace padproof::test {

using verifier::Tensor;

model::Model TextModel::read() const {
  const std::string constants_text = constants.empty() ? "" : " <" + constants + ">";
  return value_or_throw(model::read_onnx(
      rope_of(model_bytes("<ir_version: 8, opset_import: [\"\" : " + std::to_string(opset) + "]> g (" +
                          inputs + ") => (" + output + ")" + constants_text + " { " + nodes + " }")),
      "text"));
}

Tensor random_floats(std::mt19937& random, verifier::Dims dims, float size, bool positive) {
  Tensor tensor(model::DataType::kFloat, std::move(dims));
  for (float& element : tensor.mutable_data<float>()) {
    const float unit = static_cast<float>(random() >> 8U) * 0x1p-24F;
    element = size * (positive ? 0.125F + 0.875F * unit : 2 * unit - 1);
  }
  return tensor;
}

verifier::Comparison compare_values(const model::Model& model, const verifier::NamedTensors& inputs,
                                    const verifier::NamedTensors& expected) {
  return value_or_throw(verifier::compare_by_bound(model, inputs, expected, {}));
}

Tensor with_largest_scaled(const Tensor& tensor, float factor) {
  Tensor scaled = tensor.copy();
  const auto elements = scaled.mutable_data<float>();
  float& largest = *std::max_element(elements.begin(), elements.end(),
                                     [](float x, float z) { return std::fabs(x) < std::fabs(z); });
  largest *= factor;
  return scaled;
}

}  // namespace padproof::test
