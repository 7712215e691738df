// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/resize_axis.h"

#include <algorithm>
#include <cmath>

#include "verifier/engine/in_time.h"

namespace padproof::verifier {

double original_place(Transformation transformation, const ResizeAxis& axis, double x) {
  const auto in = static_cast<double>(axis.in);
  const auto out = static_cast<double>(axis.out);
  switch (transformation) {
    case Transformation::kHalfPixel:
      return (x + 0.5) / axis.scale - 0.5;
    case Transformation::kHalfPixelSymmetric: {
      const double adjustment = out / axis.exact_out();
      return in / 2 * (1 - adjustment) + (x + 0.5) / axis.scale - 0.5;
    }
    case Transformation::kPytorchHalfPixel:
      return axis.out > 1 ? (x + 0.5) / axis.scale - 0.5 : 0.0;
    case Transformation::kAlignCorners:
      return axis.out > 1 ? x * (in - 1) / (out - 1) : 0.0;
    case Transformation::kAsymmetric:
      return x / axis.scale;
    case Transformation::kTfHalfPixelForNn:
      return (x + 0.5) / axis.scale;
    case Transformation::kTfCropAndResize:
      break;
  }
  if (axis.out <= 1) return 0.5 * (axis.roi_start + axis.roi_end) * (in - 1);
  return axis.roi_start * (in - 1) + x * (axis.roi_end - axis.roi_start) * (in - 1) / (out - 1);
}

namespace {

double rounded(NearestRounding rounding, double place) {
  switch (rounding) {
    case NearestRounding::kPreferFloor:
      return std::ceil(place - 0.5);
    case NearestRounding::kPreferCeil:
      return std::floor(place + 0.5);
    case NearestRounding::kFloor:
      return std::floor(place);
    case NearestRounding::kCeil:
      break;
  }
  return std::ceil(place);
}

std::int64_t clamped_cell(double place, std::int64_t extent) {
  return static_cast<std::int64_t>(std::clamp(place, 0.0, static_cast<double>(extent - 1)));
}

double filter_reach(const ResizeStyle& style, const ResizeAxis& axis) {
  return (style.interpolation == Interpolation::kCubic ? 2.0 : 1.0) / filter_stretch(style, axis);
}

double triangle(double x) { return std::max(0.0, 1 - std::fabs(x)); }

double keys_cubic(double x, double a) {
  const double d = std::fabs(x);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return 0;
}

// Memory for them, mostly.
constexpr std::int64_t kOperationsOfTaps = 64;

bool normalizes(const ResizeStyle& style) { return style.antialiases || style.excludes_outside; }

double sum_of(const ResizeTaps& taps) {
  double sum = 0;
  for (const ResizeTap& tap : taps) sum += tap.weight;
  return sum;
}

/// Cells around `place` weighted by the filter, which antialiasing stretches; cells outside count as the
/// border cell.
ResizeTaps filtered(const ResizeStyle& style, const ResizeAxis& axis, double place) {
  const double stretch = filter_stretch(style, axis);
  const double reach = filter_reach(style, axis);
  ResizeTaps taps;
  Watch watch;
  const auto end = static_cast<std::int64_t>(std::ceil(place + reach));
  for (auto at = static_cast<std::int64_t>(std::floor(place - reach)); at <= end && !watch.is_over(); ++at) {
    const auto cell = static_cast<double>(at);
    const double distance = (cell - place) * stretch;
    const double weight = style.interpolation == Interpolation::kCubic ? keys_cubic(distance, style.cubic_a)
                                                                       : triangle(distance);
    const bool is_outside = at < 0 || at >= axis.in;
    if (weight != 0 && !(style.excludes_outside && is_outside))
      taps.push_back({std::clamp<std::int64_t>(at, 0, axis.in - 1), weight});
  }
  return taps;
}

}  // namespace

double filter_stretch(const ResizeStyle& style, const ResizeAxis& axis) {
  return style.antialiases ? std::min(axis.scale, 1.0) : 1.0;
}

ResizeTaps taps_at(const ResizeStyle& style, const ResizeAxis& axis, double place) {
  if (style.interpolation == Interpolation::kNearest)
    return {{clamped_cell(rounded(style.rounding, place), axis.in), 1.0}};
  ResizeTaps taps = filtered(style, axis, place);
  if (!normalizes(style)) return taps;
  const double sum = sum_of(taps);
  for (ResizeTap& tap : taps) tap.weight /= sum;
  return taps;
}

double most_taps(const ResizeStyle& style, const ResizeAxis& axis) {
  return style.interpolation == Interpolation::kNearest ? 1.0 : std::ceil(2 * filter_reach(style, axis)) + 1;
}

double terms_of_axis(const ResizeStyle& style, const ResizeAxis& axis) {
  const auto out = static_cast<double>(axis.out);
  const bool shifts = style.transformation == Transformation::kTfHalfPixelForNn ||
                      style.transformation == Transformation::kTfCropAndResize;
  if (axis.in == axis.out && axis.scale == 1 && !shifts) return out;
  // Between two cells the filter's last one has no weight.
  return out * std::max(1.0, most_taps(style, axis) - 1);
}

double weight_sum_at(const ResizeStyle& style, const ResizeAxis& axis, double place) {
  return normalizes(style) ? sum_of(filtered(style, axis, place)) : 1.0;
}

std::vector<ResizeTaps> resize_taps(const ResizeStyle& style, const ResizeAxis& axis) {
  std::vector<ResizeTaps> cells(static_cast<std::size_t>(axis.out));
  Watch watch;
  for (std::int64_t x = 0; x < axis.out && !watch.is_over(kOperationsOfTaps); ++x) {
    const double place = original_place(style.transformation, axis, static_cast<double>(x));
    ResizeTaps& taps = cells[static_cast<std::size_t>(x)];
    const bool is_cropped = style.transformation == Transformation::kTfCropAndResize;
    // Written so that a place that is not a number is outside as well.
    if (is_cropped && !(place >= 0 && place <= static_cast<double>(axis.in - 1))) continue;
    taps = taps_at(style, axis, place);
  }
  return cells;
}

}  // namespace padproof::verifier
