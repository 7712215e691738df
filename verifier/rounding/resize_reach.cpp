// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/resize_reach.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "verifier/rounding/rule.h"

namespace padproof::verifier {
namespace {

constexpr double kPlaceRoundings = 6;
constexpr double kLargestExact = 0x1p22;  // of numbers with one binary digit behind the point

bool crops(const ResizeStyle& style) { return style.transformation == Transformation::kTfCropAndResize; }

bool is_untouched(const ResizeStyle& style, const ResizeAxis& axis) {
  const bool is_whole = !crops(style) || (axis.roi_start == 0 && axis.roi_end == 1);
  return axis.in == axis.out && axis.scale == 1 && is_whole;
}

bool is_power_of_two(double x) {
  int exponent = 0;
  return std::frexp(x, &exponent) == 0.5;
}

/// Nothing on the way to a place is rounded.
bool has_exact_places(const ResizeStyle& style, const ResizeAxis& axis) {
  if (is_untouched(style, axis)) return true;
  if (static_cast<double>(axis.in + axis.out) >= kLargestExact || crops(style)) return false;
  if (style.transformation == Transformation::kAlignCorners)
    return axis.out < 2 ||
           is_power_of_two(static_cast<double>(axis.in - 1) / static_cast<double>(axis.out - 1));
  const bool is_whole = axis.exact_out() == static_cast<double>(axis.out);
  return is_power_of_two(axis.scale) &&
         (is_whole || style.transformation != Transformation::kHalfPixelSymmetric);
}

double place_error(const ResizeStyle& style, const ResizeAxis& axis, double place) {
  if (has_exact_places(style, axis)) return 0;
  const Transformation how = style.transformation;
  // A quotient is off by a part of itself; numbers of the extent's size are added where a region is placed,
  // or the result is centred.
  const bool is_quotient = how == Transformation::kAsymmetric || how == Transformation::kAlignCorners ||
                           (crops(style) && axis.roi_start == 0);
  const auto in = static_cast<double>(axis.in);
  double added = is_quotient ? 0 : 1;
  if (how == Transformation::kHalfPixelSymmetric) added += in;
  if (crops(style) && !is_quotient) added += in * (std::abs(axis.roi_start) + std::abs(axis.roi_end));
  return kPlaceRoundings * kUnitRoundoff * (std::abs(place) + added);
}

/// Slope of the filter, at most, and what its weights are rounded by: terms of the polynomials, four
/// roundings each.
struct FilterSize {
  double radius = 1;
  double slope = 1;
  double noise = 2 * kUnitRoundoff;

  explicit FilterSize(const ResizeStyle& style) {
    if (style.interpolation != Interpolation::kCubic) return;
    const double a = style.cubic_a;
    radius = 2;
    slope = a > -2 ? std::max(std::abs(a), (a + 3) * (a + 3) / (3 * (a + 2)))
                   : 3 * std::abs(a + 2) + 2 * std::abs(a + 3);
    noise = 4 * kUnitRoundoff * std::max(48 * std::abs(a), std::abs(a + 2) + std::abs(a + 3) + 1);
  }
};

PlaceReach nearest_reach(const ResizeStyle& style, const ResizeAxis& axis, double place, double error) {
  PlaceReach reach;
  reach.first = taps_at(style, axis, place - error).front().cell;
  reach.last = taps_at(style, axis, place + error).front().cell;
  return reach;
}

/// Weights divided by their sum s + t, t the most that it is off, instead of by s.
void divide_by_sum(double sum, double count, PlaceReach& reach) {
  const double least = sum - reach.moved - reach.rounded;
  reach.moved = least > 0 ? (reach.moved + reach.rounded) * (1 + reach.size) / least
                          : std::numeric_limits<double>::infinity();
  reach.rounded = (count + 2) * kUnitRoundoff * reach.size;
}

PlaceReach filtered_reach(const ResizeStyle& style, const ResizeAxis& axis, double place, double error) {
  const FilterSize filter(style);
  const double stretch = filter_stretch(style, axis);
  const double radius = filter.radius / stretch;
  const auto border = static_cast<double>(axis.in - 1);
  // A filter of radius 1 reads the two cells beside the place.
  const double around = error + (radius > 1 ? radius : 0);
  PlaceReach reach;
  reach.first = static_cast<std::int64_t>(std::clamp(std::floor(place - around), 0.0, border));
  reach.last = static_cast<std::int64_t>(std::clamp(std::ceil(place + around), 0.0, border));
  reach.size = 0;
  for (const ResizeTap& tap : taps_at(style, axis, place)) reach.size += std::abs(tap.weight);
  // A stretched filter has its distances rounded once more.
  const double distance = stretch * error + (style.antialiases ? 4 * kUnitRoundoff * filter.radius : 0);
  const double count = std::ceil(2 * radius) + (style.antialiases ? 2 : 0);
  reach.moved = count * filter.slope * distance;
  // From an exact place the weights of a linear filter are exact too.
  const bool is_exact = error == 0 && style.interpolation == Interpolation::kLinear && !style.antialiases;
  reach.rounded = is_exact ? 0 : count * filter.noise;
  if (style.antialiases || style.excludes_outside)
    divide_by_sum(weight_sum_at(style, axis, place), count, reach);
  return reach;
}

PlaceReach place_reach(const ResizeStyle& style, const ResizeAxis& axis, double place) {
  const double error = place_error(style, axis, place);
  const auto border = static_cast<double>(axis.in - 1);
  Side side = Side::kInside;
  if (crops(style) && !has_exact_places(style, axis)) {
    const bool is_outside = !(place >= 0 && place <= border);
    const bool is_near = std::abs(place) <= error || std::abs(place - border) <= error;
    side = is_near ? Side::kEither : is_outside ? Side::kOutside : Side::kInside;
    if (side != Side::kInside) place = is_near ? std::clamp(place, 0.0, border) : 0.0;
  }
  PlaceReach reach = style.interpolation == Interpolation::kNearest
                         ? nearest_reach(style, axis, place, error)
                         : filtered_reach(style, axis, place, error);
  reach.side = side;
  return reach;
}

}  // namespace

std::vector<PlaceReach> place_reaches(const ResizeStyle& style, const ResizeAxis& axis, bool is_spatial) {
  const bool is_filtered = is_spatial && style.interpolation == Interpolation::kCubic;
  const bool is_shifted = style.transformation == Transformation::kTfHalfPixelForNn;
  const bool is_copied = is_untouched(style, axis) && !is_filtered && !is_shifted;
  std::vector<PlaceReach> reaches(static_cast<std::size_t>(axis.out));
  for (std::int64_t x = 0; x < axis.out; ++x) {
    PlaceReach& reach = reaches[static_cast<std::size_t>(x)];
    if (is_copied)
      reach.first = reach.last = x;
    else
      reach = place_reach(style, axis, original_place(style.transformation, axis, static_cast<double>(x)));
  }
  return reaches;
}

}  // namespace padproof::verifier
