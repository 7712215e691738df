// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/same_up_to_factor.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace padproof::test {
namespace {

using verifier::SameWeights;
using Floats = std::vector<float>;

/// From an address that is no multiple of a float's.
std::string unaligned(const Floats& floats) {
  std::string bytes(1 + floats.size() * sizeof(float), '\0');
  if (!floats.empty()) std::memcpy(bytes.data() + 1, floats.data(), floats.size() * sizeof(float));
  return bytes;
}

SameWeights compare(const Floats& left, const Floats& right) {
  return verifier::same_up_to_factor(unaligned(left).data() + 1, unaligned(right).data() + 1, left.size());
}

}  // namespace

TEST_CASE("one factor for all elements, and one element that has another, at every place and count") {
  std::mt19937 random(3);
  for (std::size_t count = 1; count <= 70; ++count) {
    Floats left(count);
    for (float& each : left) each = static_cast<float>(random() % 2000) / 1000 - 1.0005F;
    CHECK(compare(left, left) == SameWeights::kBits);
    for (const float factor : {2.0F, -0.37F, 1e-20F, 1e20F}) {
      CAPTURE(count);
      CAPTURE(factor);
      Floats right(left);
      for (float& each : right) each *= factor;
      CHECK(compare(left, right) == SameWeights::kScaled);
      if (count == 1) continue;  // a single number has a factor always
      for (std::size_t i = 0; i < count; ++i) {
        Floats other(right);
        other[i] += 0.01F * factor;
        CHECK(compare(left, other) == SameWeights::kNo);
        other[i] = std::numeric_limits<float>::quiet_NaN();
        CHECK(compare(left, other) == SameWeights::kNo);
        CHECK(compare(other, left) == SameWeights::kNo);
      }
    }
  }
}

TEST_CASE("channels of no number, of zeros, and of what is not finite") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CHECK(verifier::same_up_to_factor(nullptr, nullptr, 0) == SameWeights::kBits);
  CHECK(compare({0, 0, 0}, {0, 0, 0}) == SameWeights::kBits);
  CHECK(compare({0, 0, 0}, {0, -0.0F, 0}) == SameWeights::kScaled);
  CHECK(compare({0, 0, 0}, {0, 1, 0}) == SameWeights::kNo);
  CHECK(compare({0, 1, 0}, {0, 0, 0}) == SameWeights::kNo);
  CHECK(compare({kNan, 1}, {kNan, 1}) == SameWeights::kBits);
  CHECK(compare({kNan, 1}, {kNan, 2}) == SameWeights::kNo);
  CHECK(compare({kNan, kNan}, {1, 2}) == SameWeights::kNo);
  CHECK(compare({1, 2}, {kInfinity, 2}) == SameWeights::kNo);
  CHECK(compare({kInfinity, 2}, {kInfinity, 4}) == SameWeights::kNo);
}

}  // namespace padproof::test
