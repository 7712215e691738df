// SPDX-License-Identifier: Apache-2.0
// What is said of two tensors beside a naive count, on maps of all small extents and a few large ones.
#include "verifier/diff/layer_numbers.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <random>

#include "verifier/diff/heat.h"
#include "verifier/engine/half.h"

namespace padproof::test {
namespace {

using model::DataType;
using verifier::Dims;
using verifier::LayerNumbers;
using verifier::Tensor;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Sides {
  Tensor source;
  Tensor target;
};

Tensor floats(const Dims& dims, const std::vector<float>& values) {
  Tensor tensor(DataType::kFloat, dims);
  std::copy(values.begin(), values.end(), tensor.mutable_data<float>().begin());
  return tensor;
}

/// Three of four elements are the same.
Sides random_sides(const Dims& dims, std::mt19937& random) {
  Sides sides{Tensor(DataType::kFloat, dims), Tensor(DataType::kFloat, dims)};
  for (std::size_t i = 0; i < sides.source.mutable_data<float>().size(); ++i) {
    const auto value = static_cast<float>(random() % 1000) / 100 - 5;
    sides.source.mutable_data<float>()[i] = value;
    sides.target.mutable_data<float>()[i] =
        random() % 4 == 0 ? value + static_cast<float>(random() % 100) / 10 : value;
  }
  return sides;
}

Dims place_of(std::size_t element, const Dims& dims) {
  Dims place(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    place[axis] = static_cast<std::int64_t>(element) % dims[axis];
    element /= static_cast<std::size_t>(dims[axis]);
  }
  return place;
}

std::int64_t extent_from_behind(const Dims& dims, std::size_t axis) {
  return dims.size() >= 3 + axis ? dims[dims.size() - 1 - axis] : 1;
}

std::int64_t cell_from_behind(const Dims& place, std::size_t axis) {
  return place.size() >= 3 + axis ? place[place.size() - 1 - axis] : 0;
}

/// For each digit all elements are asked whether they are in its block.
std::vector<std::string> naive_heat(const Sides& sides) {
  const Dims& dims = sides.source.dims();
  const std::int64_t height = extent_from_behind(dims, 1);
  const std::int64_t width = extent_from_behind(dims, 0);
  const std::int64_t rows = std::min<std::int64_t>(height, 32);
  const std::int64_t columns = std::min<std::int64_t>(width, 32);
  const auto distance = [&](std::size_t i) {
    return std::abs(double{sides.source.data<float>()[i]} - double{sides.target.data<float>()[i]});
  };
  const auto count = static_cast<std::size_t>(sides.source.size());
  double largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, distance(i));
  std::vector<std::string> heat;
  for (std::int64_t row = 0; row < rows && largest > 0; ++row) {
    heat.emplace_back();
    for (std::int64_t column = 0; column < columns; ++column) {
      double here = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const Dims place = place_of(i, dims);
        const std::int64_t y = cell_from_behind(place, 1);
        const std::int64_t x = cell_from_behind(place, 0);
        if (y >= row * height / rows && y < (row + 1) * height / rows && x >= column * width / columns &&
            x < (column + 1) * width / columns)
          here = std::max(here, distance(i));
      }
      int digit = 0;
      while (digit < 9 && here > digit * largest / 9) ++digit;
      heat.back() += std::to_string(digit);
    }
  }
  return heat;
}

void check_against_naive(const Sides& sides) {
  const Dims& dims = sides.source.dims();
  CAPTURE(verifier::to_string(dims));
  const LayerNumbers numbers = verifier::measure(sides.source, sides.target);
  std::int64_t differing = 0;
  std::int64_t border = 0;
  std::int64_t differing_on_border = 0;
  double sum = 0;
  double sum_on_border = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(sides.source.size()); ++i) {
    const Dims place = place_of(i, dims);
    bool is_border = false;
    for (std::size_t axis = 2; axis < dims.size(); ++axis)
      is_border = is_border || place[axis] == 0 || place[axis] == dims[axis] - 1;
    const double distance =
        std::abs(double{sides.source.data<float>()[i]} - double{sides.target.data<float>()[i]});
    differing += distance > 0 ? 1 : 0;
    border += is_border ? 1 : 0;
    differing_on_border += distance > 0 && is_border ? 1 : 0;
    sum += distance;
    sum_on_border += is_border ? distance : 0;
  }
  CHECK(numbers.is_known);
  CHECK(numbers.elements == sides.source.size());
  CHECK(numbers.differing == differing);
  CHECK(numbers.border_elements == border);
  CHECK(numbers.on_border == differing_on_border);
  CHECK(numbers.mean_absolute == doctest::Approx(sum / static_cast<double>(sides.source.size())));
  CHECK(numbers.border_part == doctest::Approx(sum > 0 ? sum_on_border / sum : 0));
  CHECK(numbers.heat == naive_heat(sides));
}

}  // namespace

TEST_CASE("a layer's numbers are those of a naive count") {
  std::mt19937 random(7);
  for (std::int64_t height = 1; height <= 5; ++height) {
    check_against_naive(random_sides({2, 3, height}, random));
    for (std::int64_t width = 1; width <= 5; ++width) {
      check_against_naive(random_sides({2, 2, height, width}, random));
      check_against_naive(random_sides({1, 2, 3, height, width}, random));
    }
  }
  check_against_naive(random_sides({1, 1, 2, 3, 3, 4}, random));
  for (const std::int64_t extent : {31, 32, 33, 47, 65}) {
    check_against_naive(random_sides({1, 1, extent}, random));
    check_against_naive(random_sides({1, 1, extent, 2}, random));
    check_against_naive(random_sides({1, 1, 2, extent}, random));
  }
}

TEST_CASE("blocks of a map that is gathered cover it, and are as even as can be") {
  for (std::int64_t extent = 1; extent <= 100; ++extent) {
    CAPTURE(extent);
    std::vector<int> sizes(static_cast<std::size_t>(std::min<std::int64_t>(extent, 32)), 0);
    for (std::size_t i = 0; i < static_cast<std::size_t>(extent); ++i) {
      verifier::Heat heat({1, 1, extent});
      heat.add(0, i, 1);
      REQUIRE(heat.rows().size() == 1);
      REQUIRE(heat.rows()[0].size() == sizes.size());
      ++sizes.at(heat.rows()[0].find('9'));
    }
    const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
    CHECK(*least >= 1);
    CHECK(*most - *least <= 1);
  }
}

TEST_CASE("what is no number is the hottest, and every difference of numbers is seen") {
  struct Row {
    std::vector<double> source, target;
    std::string heat;
    double max_absolute, mean_absolute;
  };
  const Row rows[] = {
      {{0, 0, 0, 0}, {9, 1, 0.5, 0}, "9110", 9, 2.625},
      {{0, 0, 0, 0}, {9, 1.0625, 0, -8.5}, "9209", 9, 4.640625},
      {{1, 0, 0, 0}, {kNan, 2, 1, 0}, "9950", kInfinity, kInfinity},
      {{kInfinity, 0, 0, 0}, {1, 2, 0, 0}, "9900", kInfinity, kInfinity},
      {{kInfinity, 0, 0, 0}, {-kInfinity, 2, 0, 1}, "9905", kInfinity, kInfinity},
      {{kNan, kInfinity, 3, 0}, {kNan, kInfinity, 3, 1}, "0009", 1, 0.25},
      {{0, 1, 2, 3}, {-0.0, 1, 2, 3}, "", 0, 0},  // other bits, but the same number
      {{0, 0, 0, 0}, {3e38, 1e-45, 0, 0}, "9100", 3e38, 7.5e37},
  };
  for (const Row& row : rows) {
    CAPTURE(row.heat);
    const LayerNumbers numbers =
        verifier::measure(floats({1, 1, 1, 4}, {row.source.begin(), row.source.end()}),
                          floats({1, 1, 1, 4}, {row.target.begin(), row.target.end()}));
    CHECK(fmt::format("{}", fmt::join(numbers.heat, "/")) == row.heat);
    // The text, for infinities are near to nothing.
    CHECK(fmt::format("{:.6g}", numbers.max_absolute) == fmt::format("{:.6g}", row.max_absolute));
    CHECK(fmt::format("{:.6g}", numbers.mean_absolute) == fmt::format("{:.6g}", row.mean_absolute));
  }
}

TEST_CASE("a difference that is not finite is nowhere in part") {
  const LayerNumbers numbers = verifier::measure(floats({1, 1, 3}, {0, 0, 0}),
                                                 floats({1, 1, 3}, {static_cast<float>(kInfinity), 1, 0}));
  CHECK(numbers.on_border == 1);
  CHECK(numbers.border_part == 0);
}

TEST_CASE("values that are no maps have no border and no heat; none are no numbers at all") {
  const LayerNumbers scores = verifier::measure(floats({2, 2}, {1, 2, 3, -4}), floats({2, 2}, {1, 2, 5, -4}));
  CHECK_FALSE(scores.has_border);
  CHECK(scores.border_elements == 0);
  CHECK(scores.heat.empty());
  CHECK(scores.differing == 1);
  CHECK(scores.max_absolute == 2);
  CHECK(scores.largest == 4);
  const LayerNumbers none = verifier::measure(floats({1, 2, 0, 5}, {}), floats({1, 2, 0, 5}, {}));
  CHECK(none.is_known);
  CHECK(none.elements == 0);
  CHECK(none.heat.empty());
}

TEST_CASE("bytes and halves differ as the numbers that they are") {
  Sides bytes{Tensor(DataType::kUint8, {1, 1, 2}), Tensor(DataType::kUint8, {1, 1, 2})};
  bytes.source.mutable_data<std::uint8_t>()[1] = 255;
  const LayerNumbers of_bytes = verifier::measure(bytes.source, bytes.target);
  CHECK(of_bytes.max_absolute == 255);
  CHECK(of_bytes.largest == 255);
  CHECK(of_bytes.heat == std::vector<std::string>{"09"});
  for (const DataType type : {DataType::kFloat16, DataType::kBfloat16}) {
    const auto narrow = type == DataType::kFloat16 ? verifier::to_float16 : verifier::to_bfloat16;
    Sides halves{Tensor(type, {1, 1, 2}), Tensor(type, {1, 1, 2})};
    halves.source.mutable_data<std::uint16_t>()[0] = narrow(2.5);
    halves.target.mutable_data<std::uint16_t>()[0] = narrow(-1);
    const LayerNumbers of_halves = verifier::measure(halves.source, halves.target);
    CHECK(of_halves.max_absolute == 3.5);
    CHECK(of_halves.largest == 2.5);
    CHECK(of_halves.heat == std::vector<std::string>{"90"});
  }
}

}  // namespace padproof::test
