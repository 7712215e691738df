// SPDX-License-Identifier: Apache-2.0
// Instance-, Layer- and GroupNormalization as float32 engines write them, in one pass or two and with scale
// and bias folded or not, are within; another epsilon is beyond.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/rounding/peer.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

using verifier::Agreement;
using verifier::Comparison;
using verifier::NamedTensors;
using verifier::Tensor;

struct Statistics {
  float mean;
  float variance;
};
using Gather = Statistics (*)(std::span<const float> cells);
using Apply = float (*)(float x, float mean, float inverse, float scale, float bias);

Statistics two_passes(std::span<const float> cells) {
  float sum = 0;
  for (const float cell : cells) sum += cell;
  const float mean = sum / static_cast<float>(cells.size());
  float squares = 0;
  for (const float cell : cells) squares += (cell - mean) * (cell - mean);
  return {mean, squares / static_cast<float>(cells.size())};
}
Statistics one_pass(std::span<const float> cells) {
  float sum = 0;
  float squares = 0;
  for (const float cell : cells) {
    sum += cell;
    squares += cell * cell;
  }
  const float mean = sum / static_cast<float>(cells.size());
  return {mean, squares / static_cast<float>(cells.size()) - mean * mean};
}
Statistics running(std::span<const float> cells) {
  float mean = 0;
  float squares = 0;
  float count = 0;
  for (const float cell : cells) {
    const float from = cell - mean;
    mean += from / ++count;
    squares += from * (cell - mean);
  }
  return {mean, squares / count};
}
float plain(float x, float mean, float inverse, float scale, float bias) {
  return (x - mean) * inverse * scale + bias;
}
float folded(float x, float mean, float inverse, float scale, float bias) {
  return x * (scale * inverse) + (bias - mean * (scale * inverse));
}

constexpr Gather kGathers[] = {two_passes, one_pass, running};
constexpr Apply kApplies[] = {plain, folded};

struct NormalizationRow {
  std::string node;  // %: epsilon
  std::string operands;
  verifier::Dims factors;  // of scale and bias
  std::int64_t cells;      // of a row of x [2,6,4,5]
  std::int64_t run;        // cells after one another that share a factor
  int opset;
};

const NormalizationRow kRows[] = {
    {"y = InstanceNormalization<epsilon=%>(x, s, b)", "float[6] s, float[6] b", {6}, 20, 20, 17},
    {"y = GroupNormalization<epsilon=%, num_groups=2>(x, s, b)", "float[2] s, float[2] b", {2}, 60, 60, 18},
    {"y = GroupNormalization<epsilon=%, num_groups=3>(x, s, b)", "float[6] s, float[6] b", {6}, 40, 20, 21},
    {"y = LayerNormalization<epsilon=%, axis=-2>(x, s, b)", "float[4,5] s, float[4,5] b", {4, 5}, 20, 1, 17},
    {"y = LayerNormalization<epsilon=%>(x, s, b)", "float[5] s, float[5] b", {5}, 5, 1, 17},
};

model::Model model_of(const NormalizationRow& row, const std::string& epsilon) {
  std::string node = row.node;
  node.replace(node.find('%'), 1, epsilon);
  return TextModel{"float[2,6,4,5] x, " + row.operands, node, "", "float[] y", row.opset}.read();
}

NamedTensors inputs_of(const NormalizationRow& row, std::mt19937& random, float size, float mean) {
  NamedTensors inputs{{"x", random_floats(random, {2, 6, 4, 5}, size)},
                      {"s", random_floats(random, row.factors)},
                      {"b", random_floats(random, row.factors)}};
  for (float& element : inputs.at("x").mutable_data<float>()) element += mean * size;
  return inputs;
}

Tensor evaluate(const NormalizationRow& row, const NamedTensors& inputs, float epsilon, Gather gather,
                Apply apply) {
  Tensor y(model::DataType::kFloat, {2, 6, 4, 5});
  const auto x = inputs.at("x").data<float>();
  const auto cells = static_cast<std::size_t>(row.cells);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Statistics statistics = gather(x.subspan(i / cells * cells, cells));
    const float inverse = 1.0F / std::sqrt(statistics.variance + epsilon);
    const auto factors = inputs.at("s").data<float>();
    const std::size_t at = i / static_cast<std::size_t>(row.run) % factors.size();
    y.mutable_data<float>()[i] =
        apply(x[i], statistics.mean, inverse, factors[at], inputs.at("b").data<float>()[at]);
  }
  return y;
}

TEST_CASE("normalising in float32 is within, another epsilon is beyond") {
  constexpr unsigned kSeeds = kSlowBuild ? 5 : 60;
  double most_used = 0;
  for (const NormalizationRow& row : kRows) {
    CAPTURE(row.node);
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      std::mt19937 random(seed);
      for (const float size : {0.01F, 1.0F, 30.0F}) {
        for (const float mean : {0.0F, 1.0F, -8.0F}) {
          const NamedTensors inputs = inputs_of(row, random, size, mean);
          const model::Model model = model_of(row, "0.00001");
          for (const Gather gather : kGathers) {
            for (const Apply apply : kApplies) {
              const Tensor y = evaluate(row, inputs, 1e-5F, gather, apply);
              const Comparison honest = compare_values(model, inputs, {{"y", y}});
              REQUIRE_MESSAGE(honest.agreement == Agreement::kWithin, verifier::summary(honest));
              most_used = std::max(most_used, honest.used);
            }
          }
          if (size > 0.1F) continue;
          const Tensor other = evaluate(row, inputs, 1e-4F, two_passes, plain);
          REQUIRE(compare_values(model, inputs, {{"y", other}}).agreement == Agreement::kBeyond);
        }
      }
    }
  }
  MESSAGE("used ", 100 * most_used, " % of the bound at most");
}

TEST_CASE("statistics of a layer are bounded too") {
  const auto model = TextModel{"float[3,50] x, float[50] s", "y, mean, inverse = LayerNormalization(x, s)",
                               "", "float[] y, float[] mean, float[] inverse"}
                         .read();
  std::mt19937 random(5);
  const NamedTensors inputs{{"x", random_floats(random, {3, 50})}, {"s", random_floats(random, {50})}};
  auto outputs = verifier::execute(model, inputs, {});
  REQUIRE(outputs);
  const Comparison same = compare_values(model, inputs, *outputs);
  CHECK(same.agreement == Agreement::kWithin);
  CHECK(same.worst_case == 3);
  for (const char* name : {"mean", "inverse"}) {
    NamedTensors wrong = *outputs;
    wrong.at(name) = with_largest_scaled(wrong.at(name), 1.001F);
    CHECK(compare_values(model, inputs, wrong).agreement == Agreement::kBeyond);
  }
}

/// Layers of convolution, normalisation and Relu.
model::Model layers_of(const std::string& epsilon) {
  std::string nodes = "v0 = Identity(x)";
  for (int i = 0; i < 6; ++i) {
    const std::string at = std::to_string(i);
    nodes += " c" + at + " = Conv<pads=[1,1,1,1]>(v" + at + ", w) n" + at +
             " = InstanceNormalization<epsilon=" + epsilon + ">(c" + at + ", s, b) v" +
             std::to_string(i + 1) + " = Relu(n" + at + ")";
  }
  return TextModel{"float[1,4,9,9] x, float[4,4,3,3] w, float[4] s, float[4] b", nodes + " y = Identity(v6)"}
      .read();
}

TEST_CASE("errors are followed through many normalisations, and another epsilon is beyond") {
  std::mt19937 random(7);
  const NamedTensors inputs{{"x", random_floats(random, {1, 4, 9, 9})},
                            {"w", random_floats(random, {4, 4, 3, 3})},
                            {"s", random_floats(random, {4}, 1, true)},
                            {"b", random_floats(random, {4})}};
  const model::Model model = layers_of("0.0001");
  const auto same = verifier::execute(model, inputs, {});
  const auto other = verifier::execute(layers_of("0.001"), inputs, {});
  REQUIRE(same);
  REQUIRE(other);
  const Comparison within = compare_values(model, inputs, *same);
  CHECK(within.agreement == Agreement::kWithin);
  CHECK(within.statistical == 1);
  CHECK(compare_values(model, inputs, *other).agreement == Agreement::kBeyond);
}

TEST_CASE("a variance that one pass may lose is unknown, not beyond") {
  const auto model =
      TextModel{"float[1,400] x, float[400] s", "y = LayerNormalization<epsilon=0.0>(x, s)"}.read();
  std::mt19937 random(6);
  NamedTensors inputs{{"x", random_floats(random, {1, 400})}, {"s", random_floats(random, {400})}};
  for (float& element : inputs.at("x").mutable_data<float>()) element += 1000;
  const auto outputs = verifier::execute(model, inputs, {});
  REQUIRE(outputs);
  CHECK(compare_values(model, inputs, *outputs).agreement == Agreement::kUnknown);
}

}  // namespace
}  // namespace padproof::test
