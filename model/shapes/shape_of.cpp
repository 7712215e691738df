// SPDX-License-Identifier: Apache-2.0
// Operators that turn extents into elements, and Range, which makes elements from bounds.
#include <algorithm>
#include <cmath>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::string_view kNotKnown = "its bounds depend on data or on sizes";

/// max(0, ceil((limit - start) / delta)), Range-11.
Extent range_length(const Extent& start, const Extent& limit, std::int64_t delta) {
  if (delta == INT64_MIN) return {};
  const Extent span = delta > 0 ? limit - start : start - limit;
  return max_of(ceil_div(span, std::abs(delta)), 0);
}

std::vector<Extent> range_elements(const Extent& start, std::int64_t delta, std::int64_t count) {
  std::vector<Extent> elements;
  for (std::int64_t i = 0; i < count; ++i) elements.push_back(start + Extent(i) * Extent(delta));
  return elements;
}

/// Nothing where floats and doubles may round to different lengths.
std::optional<std::int64_t> float_range_length(float start, float limit, float delta) {
  const double wide =
      std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta));
  const auto narrow = static_cast<double>(std::ceil((limit - start) / delta));
  constexpr double kMaxLength = 16777216;  // 2^24
  if (wide != narrow || !(std::fabs(wide) < kMaxLength)) return std::nullopt;
  return std::max<std::int64_t>(static_cast<std::int64_t>(wide), 0);
}

std::optional<Extent> float_range(const RuleContext& context) {
  std::vector<float> bounds;
  for (std::size_t input = 0; input < 3; ++input) {
    const auto* floats = context.floats(input);
    if (floats == nullptr || floats->size() != 1) return std::nullopt;
    bounds.push_back(floats->front());
  }
  const auto length = float_range_length(bounds[0], bounds[1], bounds[2]);
  return length ? std::optional<Extent>(*length) : std::nullopt;
}

}  // namespace

Result<void> shape_of(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up_extents(context, 0, DataType::kInt64, 1, 0);
  const std::int64_t rank = std::ssize(*data);
  const auto place = [&](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const bool whole = context.opset < 15;
  const std::int64_t first = whole ? 0 : place(context.attributes.int_or("start", 0));
  const std::int64_t last = std::max(first, whole ? rank : place(context.attributes.int_or("end", rank)));
  context.set(0, DataType::kInt64, {last - first});
  context.set_contents(0, {data->begin() + first, data->begin() + last});
  return {};
}

Result<void> size_of(RuleContext& context) {
  context.set(0, DataType::kInt64, {});
  if (const Shape* data = context.shape(0)) context.set_contents(0, {element_count(*data)});
  return {};
}

Result<void> range(RuleContext& context) {
  const DataType dtype = context.dtype(0);
  if (const auto length = float_range(context)) {
    context.set(0, dtype, {*length});
    return {};
  }
  const Extent start = scalar_input(context, 0);
  const auto delta = scalar_input(context, 2).constant();
  if (delta == 0) return malformed("range-delta", "the step is 0", "0", "any other number");
  const Extent length = delta ? range_length(start, scalar_input(context, 1), *delta) : Extent();
  if (!length.is_known()) context.lose(0, kNotKnown);
  context.set(0, dtype, {length});
  if (length.is_constant() && length.value() <= kMaxContents) {
    context.set_contents(0, range_elements(start, *delta, length.value()));
  }
  return {};
}

}  // namespace padproof::model::shapes
