// SPDX-License-Identifier: Apache-2.0
// The bits that the engine promises: fused products, ascending order from +0, padding skipped, bias last.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "tests/engine/one_node.h"
#include "verifier/engine/fused.h"
#include "verifier/engine/seeded_inputs.h"

namespace padproof::verifier {
namespace {

using testing::floats;
using testing::OneNode;

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

Tensor seeded(std::string_view name, Dims dims) {
  return *seeded_tensor(7, name, model::DataType::kFloat, std::move(dims));
}

Tensor only(const model::Result<std::vector<Tensor>>& outputs) {
  REQUIRE_MESSAGE(outputs.has_value(), to_string(outputs.error()));
  return outputs->front();
}

TEST_CASE("terms are added in ascending order") {
  // In another order, or in double, the ones would survive: 2^24 + 1 is 2^24 in float.
  const Tensor data = floats({1, 3, 1}, {16777216, 1, -16777216});
  const Tensor ones = floats({1, 3, 1}, {1, 1, 1});
  CHECK(bits(only(OneNode("Conv", 11).run({data, ones})).data<float>()[0]) == bits(0.0F));
  const Tensor along = floats({1, 1, 3}, {16777216, 1, -16777216});
  CHECK(bits(only(OneNode("Conv", 11).run({along, ones.reshaped({1, 1, 3})})).data<float>()[0]) ==
        bits(0.0F));
  const Tensor other = floats({1, 1, 3}, {16777216, -16777216, 1});
  CHECK(bits(only(OneNode("Conv", 11).run({other, ones.reshaped({1, 1, 3})})).data<float>()[0]) ==
        bits(1.0F));
  CHECK(bits(only(OneNode("MatMul", 13).run({data.reshaped({1, 3}), ones.reshaped({3, 1})}))
                 .data<float>()[0]) == bits(0.0F));
  const Tensor mean = only(OneNode("GlobalAveragePool", 1).run({along}));
  CHECK(bits(mean.data<float>()[0]) == bits(0.0F));
}

TEST_CASE("products are fused") {
  // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: rounded before the addition, the last term is lost.
  const float x = 1.0F + 1.0F / 4096.0F;
  const Tensor data = floats({1, 2, 1}, {1.0F, x});
  const Tensor weights = floats({1, 2, 1}, {-(1.0F + 1.0F / 2048.0F), x});
  CHECK(only(OneNode("Conv", 11).run({data, weights})).data<float>()[0] == std::ldexp(1.0F, -24));
}

TEST_CASE("the bias comes last, by a plain addition") {
  const Tensor data = floats({1, 2, 1}, {1, 1});
  const Tensor weights = floats({1, 2, 1}, {16777216, 1});
  const Tensor bias = floats({1}, {-16777216});
  CHECK(bits(only(OneNode("Conv", 11).run({data, weights, bias})).data<float>()[0]) == bits(0.0F));
}

TEST_CASE("sums start from +0 and so are never -0") {
  const Tensor data = floats({1, 1, 2}, {-0.0F, -0.0F});
  const Tensor weights = floats({1, 1, 1}, {1});
  CHECK(bits(only(OneNode("Conv", 11).run({data, weights})).data<float>()[0]) == bits(0.0F));
  CHECK(bits(only(OneNode("GlobalAveragePool", 1).run({data})).data<float>()[0]) == bits(0.0F));
  CHECK(bits(only(OneNode("MaxPool", 12).with("kernel_shape", std::vector<std::int64_t>{2}).run({data}))
                 .data<float>()[0]) == bits(-0.0F));
}

TEST_CASE("skipping a padded tap gives the bits of multiplying by zero") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    const Tensor data = seeded("data", {1, 5, 13, 14});
    const Tensor weights = seeded("weights", {4, 5, kernel, kernel});
    const Tensor bias = seeded("bias", {4});
    const std::int64_t pad = kernel / 2;
    const Tensor skipped = only(OneNode("Conv", 11)
                                    .with("pads", std::vector<std::int64_t>{pad, pad, pad, pad})
                                    .with("strides", std::vector<std::int64_t>{2, 1})
                                    .run({data, weights, bias}));
    const Tensor border = testing::integers({0, 0, pad, pad, 0, 0, pad, pad});
    const Tensor padded = only(OneNode("Pad", 13).run({data, border}));
    const Tensor multiplied = only(
        OneNode("Conv", 11).with("strides", std::vector<std::int64_t>{2, 1}).run({padded, weights, bias}));
    CHECK(same_bits(skipped, multiplied));
  }
}

TEST_CASE("a run of outputs has the bits of each output by itself") {
  for (std::int64_t count = 0; count < 40; ++count)
    for (const std::int64_t step : {1, 2, 3}) {
      const Tensor x = seeded("x", {200});
      Tensor y = seeded("y", {200}).copy();
      Tensor expected = y.copy();
      for (std::int64_t i = 0; i < count; ++i) {
        float& sum = expected.mutable_data<float>()[static_cast<std::size_t>(i)];
        sum = std::fma(0.7F, x.data<float>()[static_cast<std::size_t>(i * step)], sum);
      }
      fused_axpy(0.7F, {x.data<float>().data(), step}, {y.mutable_data<float>().data(), 1}, count);
      REQUIRE(same_bits(y, expected));
    }
}

TEST_CASE("not a number passes through pools and activations") {
  const float nan = std::nanf("");
  const Tensor data = floats({1, 1, 4}, {1, nan, 3, 2});
  const Tensor pooled =
      only(OneNode("MaxPool", 12).with("kernel_shape", std::vector<std::int64_t>{2}).run({data}));
  CHECK(std::isnan(pooled.data<float>()[0]));
  CHECK(std::isnan(pooled.data<float>()[1]));
  CHECK(pooled.data<float>()[2] == 3);
  for (const char* const op : {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSwish", "Elu"})
    CHECK(std::isnan(only(OneNode(op, 16).run({data})).data<float>()[1]));
  CHECK(std::isnan(only(OneNode("Clip", 13).run({data, floats({}, {0}), floats({}, {6})})).data<float>()[1]));
}

TEST_CASE("batch normalisation rounds every step") {
  const Tensor data = seeded("data", {2, 3, 4, 5});
  const Tensor scale = seeded("scale", {3});
  const Tensor bias = seeded("bias", {3});
  const Tensor mean = seeded("mean", {3});
  const Tensor variance = floats({3}, {0.5F, 1.5F, 2.75F});
  const Tensor got =
      only(OneNode("BatchNormalization", 15).with("epsilon", 1e-3F).run({data, scale, bias, mean, variance}));
  for (std::size_t i = 0; i < got.data<float>().size(); ++i) {
    const std::size_t c = i / 20 % 3;
    const float deviation = std::sqrt(variance.data<float>()[c] + 1e-3F);
    const float centred = data.data<float>()[i] - mean.data<float>()[c];
    const float scaled = centred / deviation * scale.data<float>()[c];
    REQUIRE(bits(got.data<float>()[i]) == bits(scaled + bias.data<float>()[c]));
  }
}

}  // namespace
}  // namespace padproof::verifier
