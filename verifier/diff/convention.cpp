// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/convention.h"

#include <algorithm>
#include <array>

namespace padproof::verifier {
namespace {

struct Pads {
  std::int64_t begin;
  std::int64_t end;
};

Pads same(const WindowAxis& axis, bool upper) {
  WindowAxis canonical = axis;
  resolve_same(canonical, upper);
  return {canonical.pad_begin, canonical.pad_end};
}

Pads pads_by(Convention convention, const WindowAxis& axis) {
  const std::int64_t total = (axis.kernel - 1) * axis.dilation;
  switch (convention) {
    case Convention::kValid:
      return {0, 0};
    case Convention::kSameUpper:
      return same(axis, true);
    case Convention::kSameLower:
      return same(axis, false);
    case Convention::kSymmetric:
      return {total / 2, total / 2};
    case Convention::kFixedPadding:
      return {total / 2, total - total / 2};
  }
  return {0, 0};
}

// Of one set of numbers the first is named first. What is fixed where a layer strides is SAME where not.
constexpr std::array kAll = {Convention::kValid, Convention::kSameUpper, Convention::kSameLower,
                             Convention::kSymmetric, Convention::kFixedPadding};

}  // namespace

std::string_view to_string(Convention convention) {
  switch (convention) {
    case Convention::kValid:
      return "VALID";
    case Convention::kSameUpper:
      return "SAME_UPPER";
    case Convention::kSameLower:
      return "SAME_LOWER";
    case Convention::kSymmetric:
      return "symmetric";
    case Convention::kFixedPadding:
      return "fixed_padding";
  }
  return "";
}

std::vector<Convention> conventions_of(const std::vector<WindowAxis>& axes, bool knows_extents) {
  std::vector<Convention> found;
  for (const Convention convention : kAll) {
    const bool is_same = convention == Convention::kSameUpper || convention == Convention::kSameLower;
    const auto strides = [](const WindowAxis& axis) { return axis.stride > 1; };
    if (is_same && !knows_extents && std::any_of(axes.begin(), axes.end(), strides)) continue;
    const bool fits = std::all_of(axes.begin(), axes.end(), [&](const WindowAxis& axis) {
      const Pads pads = pads_by(convention, axis);
      return pads.begin == axis.pad_begin && pads.end == axis.pad_end;
    });
    if (fits) found.push_back(convention);
  }
  return found;
}

std::vector<Convention> transposed_conventions_of(const std::vector<WindowAxis>& axes) {
  const auto fits = [&](Convention convention) {
    return std::all_of(axes.begin(), axes.end(), [&](const WindowAxis& axis) {
      const std::int64_t cropped = axis.pad_begin + axis.pad_end;
      const std::int64_t half = convention == Convention::kSameUpper ? cropped / 2 : cropped - cropped / 2;
      // Of what output_padding adds SAME is left to say nothing: PyTorch writes its symmetric pads so.
      const std::int64_t full = (axis.in - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
      const bool adds_cells = axis.out + cropped > full;
      switch (convention) {
        case Convention::kValid:
          return axis.pad_begin == 0 && axis.pad_end == 0;
        case Convention::kSameUpper:
        case Convention::kSameLower:
          return !adds_cells && axis.out == axis.in * axis.stride && axis.pad_begin == half;
        default:
          return axis.pad_begin == axis.pad_end && axis.pad_begin == (axis.kernel - 1) * axis.dilation / 2;
      }
    });
  };
  std::vector<Convention> found;
  for (const Convention convention :
       {Convention::kValid, Convention::kSameUpper, Convention::kSameLower, Convention::kSymmetric})
    if (fits(convention)) found.push_back(convention);
  return found;
}

}  // namespace padproof::verifier
