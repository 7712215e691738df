// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <limits>

#include "tests/support/axes.h"

namespace padproof::test {

namespace {

/// All of its range, the ends often.
template <class Byte>
void fill_bytes(verifier::Tensor& tensor, Random& random) {
  using Limits = std::numeric_limits<Byte>;
  for (Byte& value : tensor.mutable_data<Byte>()) {
    value = static_cast<Byte>(random.between(Limits::min(), Limits::max()));
    if (random.one_in(4)) value = random.one_in(2) ? Limits::min() : Limits::max();
  }
}

/// Of the size of a layer's sums; some make them wrap.
void fill_sums(verifier::Tensor& tensor, Random& random) {
  for (std::int32_t& value : tensor.mutable_data<std::int32_t>()) {
    value = static_cast<std::int32_t>(random.between(-50'000, 50'000));
    if (random.one_in(10))
      value = std::numeric_limits<std::int32_t>::max() - static_cast<std::int32_t>(random.between(0, 9));
  }
}

bool fill_integers(verifier::Tensor& tensor, Random& random) {
  switch (tensor.dtype()) {
    case model::DataType::kInt8:
      fill_bytes<std::int8_t>(tensor, random);
      return true;
    case model::DataType::kUint8:
      fill_bytes<std::uint8_t>(tensor, random);
      return true;
    case model::DataType::kInt32:
      fill_sums(tensor, random);
      return true;
    default:
      return false;
  }
}

}  // namespace

float special_value(Random& random) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float special[] = {
      kInfinity, -kInfinity, std::bit_cast<float>(0x7FC12345U),        std::bit_cast<float>(0xFFC00001U),
      -0.0F,     0.0F,       std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()};
  return special[static_cast<std::size_t>(random.between(0, std::ssize(special) - 1))];
}

verifier::NamedTensors random_inputs(const model::Model& model, Values values, Random& random) {
  verifier::NamedTensors inputs;
  const float scale = values == Values::kUnderflow ? 1e-26F : 1.0F;
  for (const model::ValueInfo& input : model.graph->inputs) {
    verifier::Dims dims;
    for (const model::Extent& extent : *input.type.shape) dims.push_back(extent.value());
    verifier::Tensor tensor(input.type.dtype, dims);
    if (fill_integers(tensor, random)) {
      inputs.emplace(input.name, std::move(tensor));
      continue;
    }
    for (float& value : tensor.mutable_data<float>()) {
      value = random.normal() * scale;
      if (input.name == "positive" || input.name == "small") value = std::abs(value) + 0.1F;
      if (input.name == "small") value *= 1e-3F;
      if (values == Values::kSpecial && random.one_in(40)) value = special_value(random);
    }
    inputs.emplace(input.name, std::move(tensor));
  }
  return inputs;
}

}  // namespace padproof::test
