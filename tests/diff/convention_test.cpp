// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/convention.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace padproof::test {
namespace {

using verifier::Convention;
using verifier::WindowAxis;

WindowAxis axis(std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  WindowAxis result;
  result.in = in;
  result.kernel = kernel;
  result.stride = stride;
  result.dilation = dilation;
  return result;
}

std::string text_of(const std::vector<WindowAxis>& axes, bool knows_extents = true) {
  std::vector<std::string_view> names;
  for (const Convention convention : verifier::conventions_of(axes, knows_extents))
    names.push_back(verifier::to_string(convention));
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

TEST_CASE("pads are recognised by their numbers") {
  struct Row {
    std::int64_t in, kernel, stride, dilation, begin, end;
    std::string expected;
  };
  const Row rows[] = {
      // ResNet's stem: TensorFlow's SAME, and the symmetric pads of everybody else
      {224, 7, 2, 1, 2, 3, "SAME_UPPER"},
      {224, 7, 2, 1, 3, 2, "SAME_LOWER"},
      {224, 7, 2, 1, 3, 3, "symmetric fixed_padding"},
      {225, 7, 2, 1, 3, 3, "SAME_UPPER SAME_LOWER symmetric fixed_padding"},
      {112, 3, 2, 1, 0, 1, "SAME_UPPER"},
      {112, 3, 2, 1, 1, 1, "symmetric fixed_padding"},
      {56, 3, 1, 1, 1, 1, "SAME_UPPER SAME_LOWER symmetric fixed_padding"},
      {56, 1, 2, 1, 0, 0, "VALID SAME_UPPER SAME_LOWER symmetric fixed_padding"},
      // even kernels: only fixed_padding puts the odd cell behind
      {56, 4, 2, 1, 1, 2, "fixed_padding"},
      {56, 4, 2, 1, 1, 1, "SAME_UPPER SAME_LOWER symmetric"},
      {56, 2, 2, 1, 0, 0, "VALID SAME_UPPER SAME_LOWER symmetric"},
      {32, 3, 1, 2, 2, 2, "SAME_UPPER SAME_LOWER symmetric fixed_padding"},
      {32, 3, 1, 2, 1, 1, ""},
      {224, 7, 2, 1, 2, 2, ""},
  };
  for (const Row& row : rows) {
    WindowAxis with_pads = axis(row.in, row.kernel, row.stride, row.dilation);
    with_pads.pad_begin = row.begin;
    with_pads.pad_end = row.end;
    CAPTURE(row.in);
    CAPTURE(row.begin);
    CHECK(text_of({with_pads}) == row.expected);
    CHECK(text_of({with_pads, with_pads}) == row.expected);
  }
}

TEST_CASE("a transposed convolution crops by SAME where it gives stride times the extent") {
  const auto text = [](std::int64_t kernel, std::int64_t begin, std::int64_t end) {
    WindowAxis cropped = axis(7, kernel, 2, 1);
    cropped.pad_begin = begin;
    cropped.pad_end = end;
    cropped.out = 6 * 2 + kernel - begin - end;
    std::string names;
    for (const Convention convention : verifier::transposed_conventions_of({cropped}))
      names += (names.empty() ? "" : " ") + std::string(verifier::to_string(convention));
    return names;
  };
  CHECK(text(3, 0, 1) == "SAME_UPPER");
  CHECK(text(3, 1, 0) == "SAME_LOWER");
  CHECK(text(4, 1, 1) == "SAME_UPPER SAME_LOWER symmetric");
  CHECK(text(3, 1, 1) == "symmetric");
  CHECK(text(3, 0, 0) == "VALID");
  CHECK(text(3, 2, 0) == "");
}

TEST_CASE("where output_padding makes the output long enough the pads are not SAME's") {
  WindowAxis axis_of_torch = axis(7, 3, 2, 1);
  axis_of_torch.pad_begin = axis_of_torch.pad_end = 1;
  axis_of_torch.out = 14;
  const auto found = verifier::transposed_conventions_of({axis_of_torch});
  CHECK(found == std::vector<Convention>{Convention::kSymmetric});
}

TEST_CASE("all axes must follow it, and SAME needs extents where it strides") {
  WindowAxis upper = axis(112, 3, 2, 1);
  upper.pad_end = 1;
  WindowAxis lower = axis(112, 3, 2, 1);
  lower.pad_begin = 1;
  CHECK(text_of({upper, lower}) == "");
  CHECK(text_of({upper}, false) == "");
  WindowAxis still = axis(112, 3, 1, 1);
  still.pad_begin = still.pad_end = 1;
  CHECK(text_of({still}, false) == "SAME_UPPER SAME_LOWER symmetric fixed_padding");
}

}  // namespace padproof::test
