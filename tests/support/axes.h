// SPDX-License-Identifier: Apache-2.0
// Random sliding axes whose windows fit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/layers.h"

namespace padproof::test {

struct Axis {
  std::int64_t in;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t pad_begin;
  std::int64_t pad_end;
  [[nodiscard]] std::int64_t out() const {
    return (in + pad_begin + pad_end - (kernel - 1) * dilation - 1) / stride + 1;
  }
};

/// One axis or two.
std::vector<Axis> random_axes(Random& random, bool pads_below_kernel);

/// number(axis) of all axes, separated by commas.
template <class Number>
std::string list(const std::vector<Axis>& axes, Number number) {
  std::string text;
  for (const Axis& axis : axes) text += (text.empty() ? "" : ",") + std::to_string(number(axis));
  return text;
}

std::string window_attributes(const std::vector<Axis>& axes, bool with_dilations);

}  // namespace padproof::test
