// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/resize_request.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

template <class Value, std::size_t N>
Result<Value> named(const KernelContext& context, std::string_view attribute, std::string_view fallback,
                    const std::array<std::pair<std::string_view, Value>, N>& values) {
  const std::string_view name = context.attributes.string_or(attribute, fallback);
  for (const auto& [known, value] : values)
    if (known == name) return value;
  return unsupported_in_engine(context, std::string(attribute), model::printable(name));
}

constexpr std::array kInterpolations = {
    std::pair{std::string_view("nearest"), Interpolation::kNearest},
    std::pair{std::string_view("linear"), Interpolation::kLinear},
    std::pair{std::string_view("cubic"), Interpolation::kCubic},
};
constexpr std::array kTransformations = {
    std::pair{std::string_view("half_pixel"), Transformation::kHalfPixel},
    std::pair{std::string_view("half_pixel_symmetric"), Transformation::kHalfPixelSymmetric},
    std::pair{std::string_view("pytorch_half_pixel"), Transformation::kPytorchHalfPixel},
    std::pair{std::string_view("align_corners"), Transformation::kAlignCorners},
    std::pair{std::string_view("asymmetric"), Transformation::kAsymmetric},
    std::pair{std::string_view("tf_half_pixel_for_nn"), Transformation::kTfHalfPixelForNn},
    std::pair{std::string_view("tf_crop_and_resize"), Transformation::kTfCropAndResize},
};
constexpr std::array kRoundings = {
    std::pair{std::string_view("round_prefer_floor"), NearestRounding::kPreferFloor},
    std::pair{std::string_view("round_prefer_ceil"), NearestRounding::kPreferCeil},
    std::pair{std::string_view("floor"), NearestRounding::kFloor},
    std::pair{std::string_view("ceil"), NearestRounding::kCeil},
};

Result<ResizeStyle> style_of(const KernelContext& context) {
  ResizeStyle style;
  const auto interpolation = named(context, "mode", "nearest", kInterpolations);
  if (!interpolation) return Error(interpolation.error());
  style.interpolation = *interpolation;
  if (context.opset < 11) {
    if (style.interpolation == Interpolation::kCubic) return unsupported_in_engine(context, "mode", "cubic");
    style.transformation = Transformation::kAsymmetric;
    style.rounding = NearestRounding::kFloor;
    return style;
  }
  const auto transformation =
      named(context, "coordinate_transformation_mode", "half_pixel", kTransformations);
  if (!transformation) return Error(transformation.error());
  const auto rounding = named(context, "nearest_mode", "round_prefer_floor", kRoundings);
  if (!rounding) return Error(rounding.error());
  style.transformation = *transformation;
  style.rounding = *rounding;
  style.cubic_a = context.attributes.float_or("cubic_coeff_a", -0.75F);
  style.excludes_outside = context.attributes.int_or("exclude_outside", 0) != 0;
  style.antialiases = context.attributes.int_or("antialias", 0) != 0;
  return style;
}

/// An operand of floats; empty ones count as omitted, as opset 11 needs it.
Result<std::vector<double>> floats(const KernelContext& context, std::size_t index) {
  const Tensor* const tensor = context.input(index);
  if (tensor == nullptr || tensor->size() == 0) return std::vector<double>{};
  std::vector<double> values;
  const bool known = dispatch(FloatTypes{}, tensor->dtype(), [&]<class T>(std::type_identity<T>) {
    const auto data = tensor->data<T>();
    values.assign(data.begin(), data.end());
  });
  if (!known) return type_not_in_engine(context, tensor->dtype());
  return values;
}

struct Operands {
  std::vector<double> roi;
  std::vector<double> scales;
  std::vector<std::int64_t> sizes;
};

Result<Operands> operands_of(const KernelContext& context) {
  Operands operands;
  const bool is_old = context.opset < 11;
  if (context.node.op_type == "Upsample" && context.opset < 9) {
    const model::Attribute* const scales = context.attributes.find("scales");
    if (scales != nullptr) operands.scales.assign(scales->floats.begin(), scales->floats.end());
    return operands;
  }
  auto scales = floats(context, is_old ? 1 : 2);
  if (!scales) return Error(scales.error());
  operands.scales = std::move(*scales);
  if (is_old) return operands;
  auto roi = floats(context, 1);
  if (!roi) return Error(roi.error());
  operands.roi = std::move(*roi);
  if (context.input(3) == nullptr || context.input(3)->size() == 0) return operands;
  auto sizes = integers(context.present(3));
  if (!sizes) return Error(sizes.error());
  operands.sizes = std::move(*sizes);
  return operands;
}

/// The axes that the operands speak of.
Result<std::vector<std::size_t>> resized_axes(const KernelContext& context) {
  const std::size_t rank = context.input(0)->rank();
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < rank; ++i) axes.push_back(i);
  if (!context.attributes.has("axes")) return axes;
  const auto& listed = context.attributes.ints("axes");
  if (const auto distinct = resolve_axes(listed, rank); !distinct) return Error(distinct.error());
  axes.clear();
  for (const std::int64_t axis : listed) axes.push_back(*resolve_axis(axis, rank));
  return axes;
}

Result<void> set_scale(ResizeAxis& axis, double scale, bool crops) {
  if (!(scale > 0) || !std::isfinite(scale)) return bad_value("scale", std::to_string(scale), "above 0");
  axis.scale = scale;
  const double length = axis.exact_out() * (crops ? axis.roi_end - axis.roi_start : 1.0);
  if (!(length >= 0 && length < 1e15))
    return bad_value("resized length", std::to_string(length), "0 to 10^15");
  axis.out = static_cast<std::int64_t>(std::floor(length));
  return {};
}

Result<void> set_sizes(const KernelContext& context, std::vector<ResizeAxis*> axes,
                       const std::vector<std::int64_t>& sizes) {
  const std::string_view policy = context.attributes.string_or("keep_aspect_ratio_policy", "stretch");
  std::optional<double> common;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (sizes[i] < 0 || axes[i]->in == 0)
      return bad_value("size", std::to_string(sizes[i]), "0 or more, of some");
    axes[i]->out = sizes[i];
    axes[i]->scale = static_cast<double>(sizes[i]) / static_cast<double>(axes[i]->in);
    const double previous = common.value_or(axes[i]->scale);
    common = policy == "not_larger" ? std::min(previous, axes[i]->scale) : std::max(previous, axes[i]->scale);
  }
  if (policy == "stretch") return {};
  if (policy != "not_larger" && policy != "not_smaller")
    return bad_value("aspect ratio policy", model::printable(policy), "stretch, not_larger or not_smaller");
  for (ResizeAxis* const axis : axes) {
    const double length = std::floor(*common * static_cast<double>(axis->in) + 0.5);
    if (!(length < 1e15)) return bad_value("resized length", std::to_string(length), "0 to 10^15");
    axis->scale = *common;
    axis->out = static_cast<std::int64_t>(length);
  }
  return {};
}

Result<void> check_ambiguities(const KernelContext& context, const ResizeRequest& request) {
  const Transformation how = request.style.transformation;
  const bool divides = how == Transformation::kAlignCorners || how == Transformation::kTfCropAndResize ||
                       how == Transformation::kPytorchHalfPixel;
  for (const ResizeAxis& axis : request.axes) {
    if (context.opset < 11 && request.style.interpolation == Interpolation::kNearest && axis.scale < 1)
      return unsupported_in_engine(context, "nearest with a scale below 1 before opset 11",
                                   std::to_string(axis.scale));
    const bool is_whole = std::fabs(axis.exact_out() - static_cast<double>(axis.out)) < 1e-3;
    const bool crops = how == Transformation::kTfCropAndResize;
    if (divides && !crops && !is_whole)
      return unsupported_in_engine(context, "resized length that is not an integer",
                                   std::to_string(axis.exact_out()));
  }
  return {};
}

}  // namespace

Result<ResizeRequest> resize_request(const KernelContext& context) {
  ResizeRequest request;
  const auto style = style_of(context);
  if (!style) return Error(style.error());
  request.style = *style;
  const auto operands = operands_of(context);
  if (!operands) return Error(operands.error());
  const auto axes = resized_axes(context);
  if (!axes) return Error(axes.error());
  const bool has_sizes = !operands->sizes.empty();
  if (has_sizes == !operands->scales.empty())
    return model::malformed("input-value", "exactly one of scales and sizes must be given");
  if ((has_sizes ? operands->sizes.size() : operands->scales.size()) != axes->size())
    return model::malformed("input-shape", "scales or sizes are not one for each axis");
  const bool crops = request.style.transformation == Transformation::kTfCropAndResize;
  if (crops && operands->roi.size() != 2 * axes->size())
    return model::malformed("input-shape", "region of interest is not two values for each axis");
  for (const std::int64_t extent : context.input(0)->dims())
    request.axes.push_back({extent, extent, 1, 0, 1});
  std::vector<ResizeAxis*> resized;
  for (std::size_t i = 0; i < axes->size(); ++i) {
    ResizeAxis& axis = request.axes[(*axes)[i]];
    resized.push_back(&axis);
    if (crops) axis.roi_start = operands->roi[i];
    if (crops) axis.roi_end = operands->roi[i + axes->size()];
    if (has_sizes) continue;
    if (auto done = set_scale(axis, operands->scales[i], crops); !done) return Error(done.error());
  }
  if (has_sizes)
    if (auto done = set_sizes(context, resized, operands->sizes); !done) return Error(done.error());
  if (auto checked = check_ambiguities(context, request); !checked) return Error(checked.error());
  return request;
}

}  // namespace padproof::verifier
