// SPDX-License-Identifier: Apache-2.0
// A Resize as float32 engines write it, places by reciprocals and one axis after the other, is within;
// another mode or a pixel's shift is beyond.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/rounding/peer.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

using verifier::Agreement;
using verifier::Comparison;
using verifier::NamedTensors;
using verifier::Tensor;

/// The place of result cell x; `step` is in / out.
using Place = float (*)(float x, float in, float out, float step);

struct PlaceRow {
  std::string mode;
  Place place;
};

float half_pixel(float x, float, float, float step) { return (x + 0.5F) * step - 0.5F; }
float asymmetric(float x, float, float, float step) { return x * step; }
float align_corners(float x, float in, float out, float) {
  return out > 1 ? x * ((in - 1) / (out - 1)) : 0.0F;
}

const PlaceRow kPlaces[] = {
    {"half_pixel", half_pixel}, {"asymmetric", asymmetric}, {"align_corners", align_corners}};

struct Weighted {
  std::int64_t first;
  std::array<float, 4> weights;
};

/// Cells from `first` on; those outside are the border's.
Weighted linear_weights(float place, std::int64_t in) {
  const float inside = std::clamp(place, 0.0F, static_cast<float>(in - 1));
  const float part = inside - std::floor(inside);
  return {static_cast<std::int64_t>(std::floor(inside)), {1.0F - part, part, 0, 0}};
}

Weighted cubic_weights(float place, std::int64_t) {
  const float a = -0.75F;
  const float d = place - std::floor(place);
  const auto inner = [&](float x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  const auto outer = [&](float x) { return a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a; };
  return {static_cast<std::int64_t>(std::floor(place)) - 1,
          {outer(d + 1), inner(d), inner(1 - d), outer(2 - d)}};
}

Weighted weights_of(const std::string& mode, float place, std::int64_t in) {
  return mode == "linear" ? linear_weights(place, in) : cubic_weights(place, in);
}

/// An image [1,1,H,W] resized to [1,1,h,w].
struct Resizing {
  std::int64_t height, width, to_height, to_width;
  NamedTensors inputs;

  explicit Resizing(std::mt19937& random) {
    const auto draw = [&](std::uint32_t limit) { return static_cast<std::int64_t>(random() % limit) + 3; };
    height = draw(9);
    width = draw(40);
    to_height = draw(20);
    to_width = draw(90);
    inputs.emplace("x", random_floats(random, {1, 1, height, width}, 4));
  }

  [[nodiscard]] model::Model model(const std::string& mode, const std::string& place) const {
    const auto pair = [](std::int64_t h, std::int64_t w) {
      return std::to_string(h) + "," + std::to_string(w);
    };
    return TextModel{"float[1,1," + pair(height, width) + "] x",
                     "y = Resize<mode=\"" + mode + "\", coordinate_transformation_mode=\"" + place +
                         "\">(x, none, none, sizes)",
                     "float[0] none = {}, int64[4] sizes = {1,1," + pair(to_height, to_width) + "}"}
        .read();
  }

  /// `shift`: every place that many cells to the right.
  [[nodiscard]] Tensor evaluate(const std::string& mode, Place place, float shift = 0) const {
    Tensor y(model::DataType::kFloat, {1, 1, to_height, to_width});
    const auto x = inputs.at("x").data<float>();
    const auto weighted = [&](std::int64_t at, std::int64_t in, std::int64_t out, float moved) {
      const auto extent = static_cast<float>(in);
      const auto length = static_cast<float>(out);
      return weights_of(mode, place(static_cast<float>(at), extent, length, extent / length) + moved, in);
    };
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const Weighted rows = weighted(i / to_width, height, to_height, 0);
      const Weighted columns = weighted(i % to_width, width, to_width, shift);
      float sum = 0;
      for (std::int64_t r = 0; r < 4; ++r) {
        const auto row = std::clamp<std::int64_t>(rows.first + r, 0, height - 1);
        float line = 0;
        for (std::int64_t c = 0; c < 4; ++c) {
          const auto column = std::clamp<std::int64_t>(columns.first + c, 0, width - 1);
          line += columns.weights[static_cast<std::size_t>(c)] *
                  x[static_cast<std::size_t>(row * width + column)];
        }
        sum += rows.weights[static_cast<std::size_t>(r)] * line;
      }
      y.mutable_data<float>()[static_cast<std::size_t>(i)] = sum;
    }
    return y;
  }
};

TEST_CASE("resizing in float32 is within, another mode or a shift is beyond") {
  constexpr int kResizings = kSlowBuild ? 20 : 300;
  std::mt19937 random(30);
  double most_used = 0;
  double least_beyond = 1e30;
  for (int i = 0; i < kResizings; ++i) {
    const Resizing resizing(random);
    for (const std::string mode : {"linear", "cubic"}) {
      for (const PlaceRow& row : kPlaces) {
        CAPTURE(row.mode);
        const model::Model model = resizing.model(mode, row.mode);
        const auto compare = [&](Place place, float shift) {
          return compare_values(model, resizing.inputs, {{"y", resizing.evaluate(mode, place, shift)}});
        };
        const Comparison honest = compare(row.place, 0);
        REQUIRE_MESSAGE(honest.agreement == Agreement::kWithin, verifier::summary(honest));
        most_used = std::max(most_used, honest.used);
        const Comparison shifted = compare(row.place, 1);
        REQUIRE(shifted.agreement == Agreement::kBeyond);
        const bool is_resized = resizing.width != resizing.to_width;
        for (const PlaceRow& other : kPlaces) {
          if (&other == &row || !is_resized) continue;
          const Comparison wrong = compare(other.place, 0);
          REQUIRE(wrong.agreement == Agreement::kBeyond);
          least_beyond = std::min(least_beyond, wrong.first->element.distance / wrong.first->element.bound);
        }
      }
    }
  }
  MESSAGE(kResizings, " resizings in ", 2 * std::size(kPlaces), " ways use ", 100 * most_used,
          " % of the bound at most; another mode exceeds it ", least_beyond, " times at least");
}

TEST_CASE("an error before it goes through a resizing") {
  const auto model =
      TextModel{"float[1,1,4,6] x", "t = Mul(x, k) y = Resize<mode=\"linear\">(t, none, scales)",
                "float k = {1.1}, float[0] none = {}, float[4] scales = {1, 1, 1.7, 2.5}"}
          .read();
  std::mt19937 random(3);
  const NamedTensors inputs{{"x", random_floats(random, {1, 1, 4, 6})}};
  auto outputs = verifier::execute(model, inputs, {});
  REQUIRE(outputs);
  CHECK(compare_values(model, inputs, *outputs).agreement == Agreement::kWithin);
  const Tensor wrong = with_largest_scaled(outputs->at("y"), 1.001F);
  CHECK(compare_values(model, inputs, {{"y", wrong}}).agreement == Agreement::kBeyond);
}

}  // namespace
}  // namespace padproof::test
