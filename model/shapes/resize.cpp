// SPDX-License-Identifier: Apache-2.0
// Resize and Upsample. Scales: Upsample-1 two attributes, Upsample-7 a list, Upsample-9 and Resize-10 input
// 1, Resize-11 input 2 with sizes as input 3; Resize-18 for a choice of axes. Formula: floor(extent * scale),
// in the precision of whoever computes it.
#include <cmath>
#include <numeric>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

/// scale = numerator / 2^shift, small enough that extent * scale is exact in a float for any extent below
/// 2^16.
struct DyadicScale {
  std::int64_t numerator;
  std::int64_t denominator;
};

std::optional<DyadicScale> dyadic(float scale) {
  constexpr std::int64_t kMaxNumber = 256;
  for (std::int64_t denominator = 1; denominator <= kMaxNumber; denominator *= 2) {
    const float numerator = scale * static_cast<float>(denominator);
    if (!(numerator <= static_cast<float>(kMaxNumber))) return std::nullopt;
    if (std::trunc(numerator) == numerator)
      return DyadicScale{static_cast<std::int64_t>(numerator), denominator};
  }
  return std::nullopt;
}

/// Unknown where runtimes that multiply floats and those that multiply doubles disagree.
Extent scaled(const Extent& extent, float scale) {
  if (const auto exact = dyadic(scale)) return floor_div(extent * exact->numerator, exact->denominator);
  if (!extent.is_constant()) return {};
  const double wide = std::floor(static_cast<double>(extent.value()) * static_cast<double>(scale));
  const auto narrow = static_cast<double>(std::floor(static_cast<float>(extent.value()) * scale));
  constexpr double kMaxExtent = 4503599627370496.0;  // 2^52
  if (wide != narrow || !(wide <= kMaxExtent)) return {};
  return static_cast<std::int64_t>(wide);
}

struct Target {
  std::vector<std::int64_t> axes;  // what scales and sizes speak of
  const std::vector<float>* scales = nullptr;
  const std::vector<Extent>* sizes = nullptr;
};

Result<void> check_length(std::size_t got, std::size_t axes) {
  if (got == axes) return {};
  return malformed("resize-length", "the list of scales or sizes does not fit the axes", std::to_string(got),
                   std::to_string(axes));
}

Result<void> scale_axes(RuleContext& context, const Target& target) {
  Shape shape = *context.shape(0);
  if (auto ok = check_length(target.scales->size(), target.axes.size()); !ok) return ok;
  for (std::size_t i = 0; i < target.axes.size(); ++i) {
    const float scale = (*target.scales)[i];
    if (!(scale > 0))
      return malformed("resize-scale", "a scale is not positive", std::to_string(scale), "> 0");
    Extent& extent = shape[*normalize_axis(target.axes[i], shape.size())];
    const bool was_known = extent.is_known();
    extent = scaled(extent, scale);
    if (was_known && !extent.is_known()) context.lose(0, "the scaled size depends on rounding");
  }
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

/// size / extent of the axis whose ratio is the smallest (not_larger) or the largest (not_smaller).
struct Ratio {
  std::int64_t size;
  std::int64_t extent;
};

std::optional<Ratio> common_ratio(const Shape& data, const Target& target, bool smallest) {
  std::optional<Ratio> best;
  for (std::size_t i = 0; i < target.axes.size(); ++i) {
    const auto extent = data[*normalize_axis(target.axes[i], data.size())].constant();
    const auto size = (*target.sizes)[i].constant();
    if (!extent || !size || *extent <= 0 || *size < 0) return std::nullopt;
    const auto own = best ? checked_multiply(*size, best->extent) : 0;
    const auto other = best ? checked_multiply(best->size, *extent) : 0;
    if (!own || !other) return std::nullopt;
    if (!best || (smallest ? *own < *other : *own > *other)) best = {*size, *extent};
  }
  return best;
}

/// With keep_aspect_ratio_policy one ratio holds for all axes: round(extent * ratio). Nothing if it is not
/// known, or where rounding one half is left to the runtime.
std::optional<std::vector<Extent>> fit_sizes(const RuleContext& context, const Target& target) {
  const std::string_view policy = context.attributes.string_or("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch") return *target.sizes;
  const Shape& data = *context.shape(0);
  const auto ratio = common_ratio(data, target, policy == "not_larger");
  if (!ratio) return std::nullopt;
  std::vector<Extent> sizes;
  for (const std::int64_t axis : target.axes) {
    const Extent doubled = data[*normalize_axis(axis, data.size())] * ratio->size * 2;
    if (!doubled.is_constant() || doubled.value() % (2 * ratio->extent) == ratio->extent) return std::nullopt;
    sizes.push_back(floor_div(doubled + ratio->extent, 2 * ratio->extent));
  }
  return sizes;
}

Result<void> size_axes(RuleContext& context, const Target& target) {
  Shape shape = *context.shape(0);
  if (auto ok = check_length(target.sizes->size(), target.axes.size()); !ok) return ok;
  const auto sizes = fit_sizes(context, target);
  if (!sizes) context.lose(0, "the size that keeps the aspect ratio is not known");
  for (std::size_t i = 0; i < target.axes.size(); ++i) {
    const Extent size = sizes ? (*sizes)[i] : Extent();
    if (size.is_constant() && size.value() < 0) {
      return malformed("resize-size", "a size is negative", size.to_string(), ">= 0");
    }
    shape[*normalize_axis(target.axes[i], shape.size())] = size;
  }
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

std::vector<std::int64_t> all_axes(std::size_t rank) {
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Result<void> scale_by_input(RuleContext& context, std::size_t input) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  const auto* scales = context.floats(input);
  if (scales == nullptr) return give_up_extents(context, 0, context.dtype(0), data->size(), input);
  return scale_axes(context, {all_axes(data->size()), scales, nullptr});
}

/// An empty list stands for an input that is omitted.
bool is_given(const RuleContext& context, std::size_t input) {
  return context.input(input) != nullptr && list_length(context, input) != 0;
}

}  // namespace

Result<void> upsample(RuleContext& context) {
  if (context.opset >= 9) return scale_by_input(context, 1);
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  if (context.opset >= 7) {
    const Attribute* listed = context.attributes.find("scales");
    if (listed == nullptr) return require_attribute(context, "scales");
    return scale_axes(context, {all_axes(data->size()), &listed->floats, nullptr});
  }
  if (auto ok = check_rank(*data, 4, 4, "the data input"); !ok) return ok;
  const std::vector<float> scales = {context.attributes.float_or("height_scale", 0),
                                     context.attributes.float_or("width_scale", 0)};
  return scale_axes(context, {{2, 3}, &scales, nullptr});
}

Result<void> resize(RuleContext& context) {
  if (context.opset < 11) return scale_by_input(context, 1);
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  const List listed = list_attribute(context, "axes");
  Target target{listed.present ? *listed.values : all_axes(data->size()), context.floats(2),
                list_contents(context, 3)};
  if (auto ok = mark_axes(target.axes, data->size()); !ok) return Error(ok.error());
  if (is_given(context, 3)) {
    if (target.sizes != nullptr) return size_axes(context, target);
    return give_up_extents(context, 0, context.dtype(0), data->size(), 3);
  }
  if (target.scales == nullptr) return give_up_extents(context, 0, context.dtype(0), data->size(), 2);
  if (context.attributes.string_or("coordinate_transformation_mode", "") == "tf_crop_and_resize") {
    context.lose(0, "runtimes differ about scales of a region");
    context.set(0, context.dtype(0), Shape(data->size()));
    return {};
  }
  return scale_axes(context, target);
}

}  // namespace padproof::model::shapes
