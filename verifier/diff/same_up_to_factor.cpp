// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/same_up_to_factor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace padproof::verifier {
namespace {

// Compilers make vectors of loops over so many, and of sums or maxima over more they may not.
constexpr std::size_t kLanes = 16;
using Lanes = std::array<float, kLanes>;

float float_at(const char* floats, std::size_t index) {
  float value = 0;
  std::memcpy(&value, floats + index * sizeof value, sizeof value);
  return value;
}

Lanes lanes_at(const char* floats, std::size_t index) {
  Lanes lanes;
  std::memcpy(lanes.data(), floats + index * sizeof(float), sizeof lanes);
  return lanes;
}

/// The first of the largest magnitude; numbers only.
std::size_t place_of_largest(const char* floats, std::size_t count) {
  Lanes most{};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Lanes values = lanes_at(floats, i);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float size = std::fabs(values[lane]);
      most[lane] = size > most[lane] ? size : most[lane];
    }
  }
  float largest = *std::max_element(most.begin(), most.end());
  for (; i < count; ++i) largest = std::max(largest, std::fabs(float_at(floats, i)));
  for (i = 0; i < count; ++i)
    if (std::fabs(float_at(floats, i)) == largest) return i;
  return 0;
}

/// How many of a block's elements are not the factor times the other's, within the slack. NaN never is.
int count_far(const Lanes& values, const Lanes& found, float factor, float slack) {
  int far = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    far += std::fabs(found[lane] - factor * values[lane]) <= slack ? 0 : 1;
  return far;
}

bool is_scaled(const char* left, const char* right, std::size_t count, float factor, float slack) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    if (count_far(lanes_at(left, i), lanes_at(right, i), factor, slack) != 0) return false;
  for (; i < count; ++i)
    if (!(std::fabs(float_at(right, i) - factor * float_at(left, i)) <= slack)) return false;
  return true;
}

}  // namespace

SameWeights same_up_to_factor(const char* left, const char* right, std::size_t count) {
  if (count == 0 || std::memcmp(left, right, count * sizeof(float)) == 0) return SameWeights::kBits;
  const std::size_t largest = place_of_largest(left, count);
  const float size = float_at(left, largest);
  const float counterpart = float_at(right, largest);
  const float factor = size == 0 ? 0 : counterpart / size;
  if (!std::isfinite(factor) || (factor == 0 && size != 0)) return SameWeights::kNo;
  const bool is_same = is_scaled(left, right, count, factor, kClose * std::fabs(counterpart));
  return is_same ? SameWeights::kScaled : SameWeights::kNo;
}

}  // namespace padproof::verifier
