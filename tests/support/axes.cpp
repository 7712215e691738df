// SPDX-License-Identifier: Apache-2.0
#include "tests/support/axes.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::test {

namespace {

Axis random_axis(Random& random, std::int64_t most_in, bool pads_below_kernel) {
  Axis axis{};
  axis.kernel = random.between(1, 5);
  axis.stride = random.between(1, 3);
  axis.dilation = random.one_in(3) ? 2 : 1;
  const std::int64_t most = pads_below_kernel ? axis.kernel - 1 : axis.kernel + 1;
  axis.pad_begin = random.between(0, most);
  axis.pad_end = random.between(0, most);
  axis.in = random.between(std::max<std::int64_t>(1, (axis.kernel - 1) * axis.dilation + 1 - axis.pad_begin),
                           most_in);
  return axis;
}

/// With whole groups of 8 windows, as the maps of networks mostly have.
Axis random_long_axis(Random& random, bool pads_below_kernel) {
  Axis axis = random_axis(random, 40, pads_below_kernel);
  axis.in = (8 * random.between(3, 14) - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 -
            axis.pad_begin - axis.pad_end + random.between(0, axis.stride - 1);
  return axis;
}

}  // namespace

std::vector<Axis> random_axes(Random& random, bool pads_below_kernel) {
  if (random.one_in(4))
    return {random_axis(random, 9, pads_below_kernel), random_long_axis(random, pads_below_kernel)};
  if (random.one_in(4)) return {random_axis(random, 200, pads_below_kernel)};
  return {random_axis(random, 24, pads_below_kernel), random_axis(random, 40, pads_below_kernel)};
}

std::string window_attributes(const std::vector<Axis>& axes, bool with_dilations) {
  std::string text = fmt::format("kernel_shape=[{}],strides=[{}],pads=[{},{}]",
                                 list(axes, [](const Axis& axis) { return axis.kernel; }),
                                 list(axes, [](const Axis& axis) { return axis.stride; }),
                                 list(axes, [](const Axis& axis) { return axis.pad_begin; }),
                                 list(axes, [](const Axis& axis) { return axis.pad_end; }));
  if (with_dilations)
    text += fmt::format(",dilations=[{}]", list(axes, [](const Axis& axis) { return axis.dilation; }));
  return text;
}

}  // namespace padproof::test
