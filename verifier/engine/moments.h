// SPDX-License-Identifier: Apache-2.0
// Mean and variance of a set of cells, in the order that the normalisations promise.
#pragma once

#include <cmath>
#include <cstdint>

#include "verifier/engine/in_time.h"

namespace padproof::verifier {

template <class T>
struct Moments {
  T mean;
  T variance;  // of the population
};

/// Both sums ascend from +0 over cell(i), i in [0,count); squares of the differences from the mean are fused;
/// each sum is divided once. count must not be 0.
template <class T, class Cell>
Moments<T> moments_of(std::int64_t count, Cell cell) {
  T sum = 0;
  for_each_in_time(count, 1, [&](std::int64_t i) { sum += cell(i); });
  const T mean = sum / static_cast<T>(count);
  T squares = 0;
  for_each_in_time(count, 1, [&](std::int64_t i) {
    const T difference = cell(i) - mean;
    squares = std::fma(difference, difference, squares);
  });
  return {mean, squares / static_cast<T>(count)};
}

/// What stays the same for all cells of one channel: y = (x - mean) / sqrt(variance + epsilon) * scale +
/// bias, every step rounded, in this order.
template <class T>
struct Normalizer {
  T mean;
  T deviation;
  T scale;
  T bias;

  Normalizer(Moments<T> moments, float epsilon, T factor, T shift)
      : mean(moments.mean),
        deviation(std::sqrt(moments.variance + static_cast<T>(epsilon))),
        scale(factor),
        bias(shift) {}

  T operator()(T x) const { return (x - mean) / deviation * scale + bias; }
};

}  // namespace padproof::verifier
