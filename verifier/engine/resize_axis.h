// SPDX-License-Identifier: Apache-2.0
// One axis of a Resize: where its result cells come from, and with which weights.
// Source: ONNX Resize-19; what earlier versions cannot say is set to what they mean.
#pragma once

#include <cstdint>
#include <vector>

namespace padproof::verifier {

enum class Interpolation { kNearest, kLinear, kCubic };
enum class Transformation {
  kHalfPixel,
  kHalfPixelSymmetric,
  kPytorchHalfPixel,
  kAlignCorners,
  kAsymmetric,
  kTfHalfPixelForNn,
  kTfCropAndResize,
};
enum class NearestRounding { kPreferFloor, kPreferCeil, kFloor, kCeil };

struct ResizeStyle {
  Interpolation interpolation = Interpolation::kNearest;
  Transformation transformation = Transformation::kHalfPixel;
  NearestRounding rounding = NearestRounding::kPreferFloor;
  double cubic_a = -0.75;
  bool excludes_outside = false;
  bool antialiases = false;
};

struct ResizeAxis {
  std::int64_t in = 0;
  std::int64_t out = 0;
  double scale = 1;
  double roi_start = 0;
  double roi_end = 1;

  /// The exact length, of which `out` is the integer part.
  [[nodiscard]] double exact_out() const { return scale * static_cast<double>(in); }
};

struct ResizeTap {
  std::int64_t cell;
  double weight;
};

/// The input cells of one result cell, ascending, none with weight 0. Empty: outside the region of interest,
/// where the extrapolation value stands.
using ResizeTaps = std::vector<ResizeTap>;

/// The taps of each result cell of the axis. Evaluated in double. Requires in > 0 where out > 0. Past the
/// deadline some may be missing.
std::vector<ResizeTaps> resize_taps(const ResizeStyle& style, const ResizeAxis& axis);

/// At most so many taps has a result cell.
double most_taps(const ResizeStyle& style, const ResizeAxis& axis);
/// The taps of all result cells of the axis, about: an axis that is left as it is has one for each.
double terms_of_axis(const ResizeStyle& style, const ResizeAxis& axis);

/// The place in the input, in cells, that result cell `x` stands for.
double original_place(Transformation transformation, const ResizeAxis& axis, double x);
/// The taps of a result cell that stands for this place, wherever it lies.
ResizeTaps taps_at(const ResizeStyle& style, const ResizeAxis& axis, double place);
/// How much the filter is drawn out: its distances are multiplied by this.
double filter_stretch(const ResizeStyle& style, const ResizeAxis& axis);
/// What the weights of taps_at were divided by.
double weight_sum_at(const ResizeStyle& style, const ResizeAxis& axis, double place);

}  // namespace padproof::verifier
