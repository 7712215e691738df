// SPDX-License-Identifier: Apache-2.0
// One convolution summed in every honest way is within the worst case; a tap that reads the next pixel never
// is.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/rounding/peer.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

using verifier::Agreement;
using verifier::Comparison;
using verifier::NamedTensors;
using verifier::Tensor;

struct Term {
  float weight;
  float cell;
};
using Terms = std::vector<Term>;
using Sum = std::function<float(const Terms& terms, float bias)>;

float plain(const Terms& terms, float sum) {
  for (const Term& term : terms) sum += term.weight * term.cell;
  return sum;
}
float ascending(const Terms& terms, float bias) { return plain(terms, 0) + bias; }
float bias_first(const Terms& terms, float bias) { return plain(terms, bias); }
float reversed(Terms terms, float bias) {
  std::reverse(terms.begin(), terms.end());
  return plain(terms, 0) + bias;
}
float fused(const Terms& terms, float bias) {
  float sum = 0;
  for (const Term& term : terms) sum = std::fma(term.weight, term.cell, sum);
  return sum + bias;
}
float pairwise(const Terms& terms, float bias) {
  if (terms.size() < 2) return plain(terms, 0) + bias;
  const auto middle = terms.begin() + static_cast<std::ptrdiff_t>(terms.size() / 2);
  return pairwise(Terms(terms.begin(), middle), 0) + pairwise(Terms(middle, terms.end()), 0) + bias;
}
/// Eight accumulators, as a vector unit has them.
float in_lanes(const Terms& terms, float bias) {
  float lanes[8] = {};
  for (std::size_t i = 0; i < terms.size(); ++i)
    lanes[i % 8] = std::fma(terms[i].weight, terms[i].cell, lanes[i % 8]);
  float sum = bias;
  for (const float lane : lanes) sum += lane;
  return sum;
}
/// Largest products first: the worst of orders where signs alternate.
float by_size(Terms terms, float bias) {
  std::sort(terms.begin(), terms.end(), [](const Term& left, const Term& right) {
    return left.weight * left.cell > right.weight * right.cell;
  });
  return plain(terms, 0) + bias;
}

const Sum kSums[] = {ascending, bias_first, reversed, fused, pairwise, in_lanes, by_size};

std::int64_t below(std::mt19937& random, std::int64_t limit) {
  return static_cast<std::int64_t>(random()) % limit;
}

/// A convolution over [1,C,H,W] with weights [M,C,k,k], pads of one and a stride.
struct Convolution {
  std::int64_t channels, height, width, outputs, kernel, stride;
  NamedTensors inputs;

  explicit Convolution(std::mt19937& random)
      : channels(below(random, 6) + 1),
        height(below(random, 4) + 4),
        width(below(random, 4) + 4),
        outputs(below(random, 3) + 1),
        kernel(below(random, 4) + 1),
        stride(below(random, 2) + 1) {
    const float size = std::ldexp(1.0F, static_cast<int>(random() % 21) - 10);
    inputs.emplace("x", random_floats(random, {1, channels, height, width}, size));
    inputs.emplace("w", random_floats(random, {outputs, channels, kernel, kernel}));
    inputs.emplace("b", random_floats(random, {outputs}, size));
  }

  [[nodiscard]] model::Model model() const {
    const auto dims = [](std::initializer_list<std::int64_t> extents) {
      std::string text;
      for (const auto extent : extents) text += (text.empty() ? "float[" : ",") + std::to_string(extent);
      return text + "] ";
    };
    return TextModel{dims({1, channels, height, width}) + "x, " + dims({outputs, channels, kernel, kernel}) +
                         "w, " + dims({outputs}) + "b",
                     "y = Conv<pads=[1,1,1,1], strides=[" + std::to_string(stride) + "," +
                         std::to_string(stride) + "]>(x, w, b)",
                     ""}
        .read();
  }

  /// `slipped`: this tap of the kernel reads one pixel to the right.
  [[nodiscard]] Terms terms(std::int64_t output, std::int64_t row, std::int64_t column,
                            std::int64_t slipped) const {
    Terms terms;
    const auto x = inputs.at("x").data<float>();
    const auto w = inputs.at("w").data<float>();
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t tap = 0; tap < kernel * kernel; ++tap) {
        const std::int64_t h = row * stride - 1 + tap / kernel;
        const std::int64_t v = column * stride - 1 + tap % kernel + (tap == slipped ? 1 : 0);
        if (h < 0 || h >= height || v < 0 || v >= width) continue;
        terms.push_back({w[static_cast<std::size_t>((output * channels + c) * kernel * kernel + tap)],
                         x[static_cast<std::size_t>((c * height + h) * width + v)]});
      }
    }
    return terms;
  }

  [[nodiscard]] Tensor evaluate(const Sum& sum, std::int64_t slipped = -1) const {
    const std::int64_t rows = (height + 2 - kernel) / stride + 1;
    const std::int64_t columns = (width + 2 - kernel) / stride + 1;
    Tensor y(model::DataType::kFloat, {1, outputs, rows, columns});
    const auto bias = inputs.at("b").data<float>();
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const std::int64_t output = i / (rows * columns);
      y.mutable_data<float>()[static_cast<std::size_t>(i)] = sum(
          terms(output, i / columns % rows, i % columns, slipped), bias[static_cast<std::size_t>(output)]);
    }
    return y;
  }
};

TEST_CASE("honest sums are within, a slipped tap is beyond") {
  constexpr int kConvolutions = kSlowBuild ? 100 : 3000;
  std::mt19937 random(20);
  double most_used = 0;
  double least_beyond = 1e30;
  for (int i = 0; i < kConvolutions; ++i) {
    const Convolution convolution(random);
    const model::Model model = convolution.model();
    for (const Sum& sum : kSums) {
      const Comparison honest = compare_values(model, convolution.inputs, {{"y", convolution.evaluate(sum)}});
      REQUIRE_MESSAGE(honest.agreement == Agreement::kWithin, verifier::summary(honest));
      most_used = std::max(most_used, honest.used);
    }
    const std::int64_t tap = below(random, convolution.kernel * convolution.kernel);
    const Comparison slipped =
        compare_values(model, convolution.inputs, {{"y", convolution.evaluate(ascending, tap)}});
    REQUIRE(slipped.agreement == Agreement::kBeyond);
    CHECK(slipped.first->is_alone);
    least_beyond = std::min(least_beyond, slipped.first->element.distance / slipped.first->element.bound);
  }
  MESSAGE(kConvolutions, " convolutions in ", std::size(kSums), " orders use ", 100 * most_used,
          " % of the bound at most; a slipped tap exceeds it ", least_beyond, " times at least");
}

}  // namespace
}  // namespace padproof::test
