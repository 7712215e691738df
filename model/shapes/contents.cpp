// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/contents.h"

#include <cmath>

namespace padproof::model::shapes {
namespace {

constexpr float kExactBelow = 16777216;  // 2^24: larger whole numbers are not all floats

std::optional<std::vector<Extent>> as_whole(const std::vector<float>& values) {
  std::vector<Extent> whole;
  for (const float value : values) {
    if (!(std::fabs(value) < kExactBelow) || std::trunc(value) != value) return std::nullopt;
    whole.emplace_back(static_cast<std::int64_t>(value));
  }
  return whole;
}

}  // namespace

std::optional<StridedView> whole_view(const Shape& shape) {
  const auto count = element_count(shape).constant();
  if (!count || *count < 0 || *count > kMaxContents) return std::nullopt;
  StridedView view{std::vector<std::int64_t>(shape.size()), std::vector<std::int64_t>(shape.size())};
  std::int64_t stride = *count == 0 ? 0 : 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    if (!shape[axis].is_constant()) return std::nullopt;
    view.counts[axis] = shape[axis].value();
    view.strides[axis] = stride;
    stride *= view.counts[axis];
  }
  return view;
}

std::optional<StridedView> broadcast_view(const Shape& from, const Shape& to) {
  const auto source = whole_view(from);
  auto view = whole_view(to);
  if (!source || !view || from.size() > to.size()) return std::nullopt;
  const std::size_t added = to.size() - from.size();
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    const bool repeated = axis < added || source->counts[axis - added] == 1;
    if (!repeated && source->counts[axis - added] != view->counts[axis]) return std::nullopt;
    view->strides[axis] = repeated ? 0 : source->strides[axis - added];
  }
  return view;
}

std::optional<std::vector<std::size_t>> places(const StridedView& view, std::size_t size) {
  std::vector<std::size_t> found;
  std::vector<std::int64_t> index(view.counts.size(), 0);
  if (std::any_of(view.counts.begin(), view.counts.end(), [](std::int64_t count) { return count <= 0; }))
    return found;
  std::int64_t place = view.offset;
  while (found.size() <= static_cast<std::size_t>(kMaxContents)) {
    if (place < 0 || static_cast<std::size_t>(place) >= size) return std::nullopt;
    found.push_back(static_cast<std::size_t>(place));
    std::size_t axis = index.size();
    // Counts up like an odometer: a full axis falls back to 0 and the one before it moves on.
    while (axis > 0 && ++index[axis - 1] == view.counts[axis - 1]) {
      place -= (view.counts[axis - 1] - 1) * view.strides[axis - 1];
      index[--axis] = 0;
    }
    if (axis == 0) return found;
    place += view.strides[axis - 1];
  }
  return std::nullopt;
}

std::optional<std::vector<Extent>> whole_numbers(const RuleContext& context, std::size_t index) {
  if (const auto* contents = context.contents(index)) return *contents;
  const auto* floats = context.floats(index);
  return floats == nullptr ? std::nullopt : as_whole(*floats);
}

void pass_contents(RuleContext& context, std::size_t output, std::size_t input,
                   const std::optional<StridedView>& view) {
  if (const auto* contents = context.contents(input)) {
    if (auto read = read_view(view, *contents)) context.set_contents(output, std::move(*read));
  }
  if (const auto* floats = context.floats(input)) {
    if (auto read = read_view(view, *floats)) context.set_floats(output, std::move(*read));
  }
}

void pass_contents(RuleContext& context, std::size_t output, std::size_t input) {
  if (const auto* contents = context.contents(input)) context.set_contents(output, *contents);
  if (const auto* floats = context.floats(input)) context.set_floats(output, *floats);
}

}  // namespace padproof::model::shapes
