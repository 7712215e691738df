// SPDX-License-Identifier: Apache-2.0
// Slice: attributes before opset 10, inputs since then; steps since opset 10.
// Bounds are clamped to the axis (Slice-13): forwards to [0, H], backwards to [0, H-1] and [-1, H-1].
#include <algorithm>
#include <numeric>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kInputsSince = 10;
/// Exporters write the largest number of 32 or of 64 bits for "to the end".
constexpr std::int64_t kToTheEnd = INT32_MAX;
constexpr std::int64_t kToTheFront = -INT32_MAX;

struct Bounds {
  std::vector<Extent> starts;
  std::vector<Extent> ends;
  std::vector<std::int64_t> axes;
  std::vector<Extent> steps;
};

/// Contents of an input, or `count` elements that are not known.
std::vector<Extent> elements(const RuleContext& context, std::size_t index, std::size_t count) {
  const auto* contents = list_contents(context, index);
  return contents != nullptr ? *contents : std::vector<Extent>(count);
}

/// How many axes are sliced, by whichever input tells.
std::optional<std::size_t> count_bounds(const RuleContext& context, const List& axes) {
  if (axes.values) return axes.values->size();
  for (const std::size_t input : {1U, 2U}) {
    if (const auto* contents = list_contents(context, input)) return contents->size();
    if (const auto length = list_length(context, input)) return length;
  }
  return std::nullopt;
}

std::vector<std::int64_t> axes_or_first(const List& axes, std::size_t count) {
  if (axes.values) return *axes.values;
  std::vector<std::int64_t> first(count);
  std::iota(first.begin(), first.end(), 0);
  return first;
}

Result<void> check_attributes(const RuleContext& context) {
  if (context.opset < kInputsSince) return {};
  for (const std::string_view name : {"starts", "ends", "axes"}) {
    if (auto absent = refuse_attribute(context, name); !absent) return absent;
  }
  return {};
}

/// Nothing if it cannot be told which axes are sliced.
std::optional<Bounds> read_bounds(const RuleContext& context) {
  if (context.opset < kInputsSince) {
    const auto& starts = context.attributes.ints("starts");
    const auto& ends = context.attributes.ints("ends");
    return Bounds{{starts.begin(), starts.end()},
                  {ends.begin(), ends.end()},
                  axes_or_first(list_attribute(context, "axes"), starts.size()),
                  std::vector<Extent>(starts.size(), 1)};
  }
  const List axes = list_input(context, 3);
  const auto count = count_bounds(context, axes);
  if (axes.is_unknown() || !count) return std::nullopt;
  const bool has_steps = context.input(4) != nullptr;
  return Bounds{elements(context, 1, *count), elements(context, 2, *count), axes_or_first(axes, *count),
                has_steps ? elements(context, 4, *count) : std::vector<Extent>(*count, 1)};
}

/// A bound counted from the front: what is negative counts from the end.
Extent from_front(const Extent& bound, const Extent& length) {
  if (!bound.is_constant()) return lower_bound(bound).value_or(-1) >= 0 ? bound : Extent();
  if (bound.value() >= 0) return bound;
  return bound.value() <= kToTheFront ? Extent(0) : length + bound;
}

Extent forward_length(const Extent& length, const Extent& start, const Extent& end, std::int64_t step) {
  const Extent first = max_of(from_front(start, length), 0);
  const bool to_the_end = end.is_constant() && end.value() >= kToTheEnd;
  const bool is_tail = to_the_end && start.is_constant() && start.value() < 0 && start.value() > kToTheFront;
  if (is_tail) return ceil_div(min_of(length, -start.value()), step);
  const bool counted_from_end = end.is_constant() && end.value() < 0;
  const Extent last = to_the_end ? length : from_front(end, length);
  // What is counted from the end cannot lie behind it.
  const Extent clamped = to_the_end || counted_from_end ? last : min_of(last, length);
  return ceil_div(max_of(clamped - first, 0), step);
}

Extent backward_length(const Extent& length, const Extent& start, const Extent& end, std::int64_t step) {
  if (!start.is_constant() || !end.is_constant()) return {};
  const bool all = (start.value() == -1 || start.value() >= kToTheEnd) && end.value() <= kToTheFront;
  if (all) return ceil_div(length, -step);
  if (!length.is_constant()) return {};
  const std::int64_t size = length.value();
  const auto place = [&](std::int64_t bound, std::int64_t lowest) {
    const std::int64_t counted = bound < 0 ? bound + size : bound;
    return std::clamp<std::int64_t>(counted, lowest, std::max(lowest, size - 1));
  };
  const std::int64_t first = place(start.value(), 0);
  const std::int64_t last = place(end.value(), -1);
  return size == 0 || first <= last ? Extent(0) : ceil_div(first - last, -step);
}

/// Unknown where a bound is, or where which bound holds depends on the length.
Extent sliced_length(const Extent& length, const Extent& start, const Extent& end, std::int64_t step) {
  if (step > 0) return forward_length(length, start, end, step);
  // The lowest number has no positive counterpart.
  return step == INT64_MIN ? Extent() : backward_length(length, start, end, step);
}

/// The place of the first element along an axis of constant length.
std::int64_t first_place(std::int64_t length, std::int64_t start, std::int64_t step) {
  const std::int64_t counted = start < 0 ? start + length : start;
  return std::clamp<std::int64_t>(counted, 0, std::max<std::int64_t>(step > 0 ? length : length - 1, 0));
}

Result<void> check_lengths(const Bounds& bounds) {
  for (const std::size_t count : {bounds.starts.size(), bounds.ends.size(), bounds.steps.size()}) {
    if (count == bounds.axes.size()) continue;
    return malformed("slice-lists", "starts, ends, axes and steps differ in length", std::to_string(count),
                     std::to_string(bounds.axes.size()));
  }
  return {};
}

/// Slices one axis of `shape`, and of `view` as long as the place can be told.
Result<void> slice_axis(const Bounds& bounds, std::size_t i, std::size_t axis, Shape& shape,
                        std::optional<StridedView>& view) {
  const Extent length = shape[axis];
  const auto step = bounds.steps[i].constant();
  const auto start = bounds.starts[i].constant();
  if (step == 0) return malformed("slice-step", "a step is 0", "0", "any other number");
  shape[axis] = step ? sliced_length(length, bounds.starts[i], bounds.ends[i], *step) : Extent();
  if (!view || !start || !shape[axis].is_constant()) {
    view.reset();
    return {};
  }
  view->offset += first_place(length.value(), *start, *step) * view->strides[axis];
  view->counts[axis] = shape[axis].value();
  if (view->counts[axis] > 1) view->strides[axis] *= *step;
  return {};
}

void explain(RuleContext& context) {
  for (const std::size_t input : {1U, 2U, 4U}) {
    const bool is_unknown = context.input(input) != nullptr && list_contents(context, input) == nullptr;
    if (is_unknown && context.opset >= kInputsSince) return context.lose_by_input(0, input);
  }
  context.lose(0, "where it cuts depends on sizes");
}

}  // namespace

Result<void> slice(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  if (auto ok = check_attributes(context); !ok) return ok;
  const auto bounds = read_bounds(context);
  if (!bounds) {
    const std::size_t unknown = context.input(3) == nullptr ? 1 : 3;
    return give_up_extents(context, 0, context.dtype(0), data->size(), unknown);
  }
  if (auto ok = check_lengths(*bounds); !ok) return ok;
  if (auto axes = mark_axes(bounds->axes, data->size()); !axes) return Error(axes.error());
  Shape shape = *data;
  auto view = whole_view(*data);
  for (std::size_t i = 0; i < bounds->axes.size(); ++i) {
    const auto axis = normalize_axis(bounds->axes[i], data->size());
    if (auto ok = slice_axis(*bounds, i, *axis, shape, view); !ok) return ok;
    if (!shape[*axis].is_known() && (*data)[*axis].is_known()) explain(context);
  }
  context.set(0, context.dtype(0), std::move(shape));
  pass_contents(context, 0, 0, view);
  return {};
}

}  // namespace padproof::model::shapes
