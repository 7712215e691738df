// SPDX-License-Identifier: Apache-2.0
// Squeeze, Unsqueeze, Transpose, Expand: axes removed, added, reordered and repeated.
#include <numeric>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kAxesAreAnInputSince = 13;

Result<List> read_axes(const RuleContext& context) {
  return moved_list(context, "axes", 1, kAxesAreAnInputSince);
}

/// The shape without its ones; nothing if an extent may or may not be one.
std::optional<Shape> without_ones(const Shape& data) {
  Shape shape;
  for (const Extent& extent : data) {
    if (!extent.is_constant()) return std::nullopt;
    if (extent.value() != 1) shape.push_back(extent);
  }
  return shape;
}

Result<Shape> without_axes(const Shape& data, const std::vector<std::int64_t>& axes) {
  const auto removed = mark_axes(axes, data.size());
  if (!removed) return Error(removed.error());
  Shape shape;
  for (std::size_t axis = 0; axis < data.size(); ++axis) {
    if (!(*removed)[axis]) {
      shape.push_back(data[axis]);
    } else if (data[axis].is_constant() && data[axis].value() != 1) {
      return malformed("squeeze", "an axis to be removed is not 1 long", to_string(data),
                       "1 on axis " + std::to_string(axis));
    }
  }
  return shape;
}

/// Axes count in the output. Gives the output shape with ones on them.
Result<Shape> with_axes(const Shape& data, const std::vector<std::int64_t>& axes) {
  const auto added = mark_axes(axes, data.size() + axes.size());
  if (!added) return Error(added.error());
  Shape shape;
  auto next = data.begin();
  for (const bool is_added : *added) shape.push_back(is_added ? Extent(1) : *next++);
  return shape;
}

Result<void> lose_squeezed(RuleContext& context, const List& axes) {
  const Shape* data = context.shape(0);
  const auto removed = axes.values ? std::optional(axes.values->size()) : list_length(context, 1);
  if (data == nullptr || !removed || *removed > data->size()) {
    return give_up(context, 0, context.dtype(0), data == nullptr ? 0 : 1);
  }
  return give_up_extents(context, 0, context.dtype(0), data->size() - *removed, 1);
}

}  // namespace

Result<void> squeeze(RuleContext& context) {
  const Shape* data = context.shape(0);
  const auto axes = read_axes(context);
  if (!axes) return Error(axes.error());
  if (data == nullptr || axes->is_unknown()) return lose_squeezed(context, *axes);
  if (axes->present) {
    auto shape = without_axes(*data, *axes->values);
    if (!shape) return Error(shape.error());
    context.set(0, context.dtype(0), std::move(*shape));
  } else if (auto shape = without_ones(*data)) {
    context.set(0, context.dtype(0), std::move(*shape));
  } else {
    context.set_rank_unknown(0, context.dtype(0));
    context.lose(0, "it removes axes that may or may not be 1 long");
  }
  pass_contents(context, 0, 0);
  return {};
}

Result<void> unsqueeze(RuleContext& context) {
  const Shape* data = context.shape(0);
  const auto axes = read_axes(context);
  if (!axes) return Error(axes.error());
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  if (axes->values) {
    auto shape = with_axes(*data, *axes->values);
    if (!shape) return Error(shape.error());
    context.set(0, context.dtype(0), std::move(*shape));
    pass_contents(context, 0, 0);
    return {};
  }
  const auto added = list_length(context, 1);
  return added ? give_up_extents(context, 0, context.dtype(0), data->size() + *added, 1)
               : give_up(context, 0, context.dtype(0), 1);
}

Result<void> transpose(RuleContext& context) {
  const Shape* data = context.shape(0);
  const List listed = list_attribute(context, "perm");
  if (data == nullptr) {
    const std::size_t rank = listed.present ? listed.values->size() : 0;
    return rank == 0 ? give_up(context, 0, context.dtype(0), 0)
                     : give_up_extents(context, 0, context.dtype(0), rank, 0);
  }
  std::vector<std::int64_t> order(data->size());
  std::iota(order.rbegin(), order.rend(), 0);
  if (listed.present) order = *listed.values;
  if (order.size() != data->size()) {
    return bad_attribute("perm", "it does not list every axis", std::to_string(order.size()),
                         std::to_string(data->size()));
  }
  if (auto all = mark_axes(order, data->size()); !all) return Error(all.error());
  const auto source = whole_view(*data);
  auto view = source;
  Shape shape = *data;
  for (std::size_t axis = 0; axis < order.size(); ++axis) {
    const auto from =
        static_cast<std::size_t>(order[axis] < 0 ? order[axis] + std::ssize(order) : order[axis]);
    shape[axis] = (*data)[from];
    if (view) view->counts[axis] = source->counts[from];
    if (view) view->strides[axis] = source->strides[from];
  }
  context.set(0, context.dtype(0), std::move(shape));
  pass_contents(context, 0, 0, view);
  return {};
}

Result<void> expand(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  const auto* asked = list_contents(context, 1);
  const auto rank = list_length(context, 1);
  if (asked == nullptr && !rank) return give_up(context, 0, context.dtype(0), 1);
  if (asked == nullptr) context.lose_by_input(0, 1);
  if (asked != nullptr) {
    if (auto good = check_extents(*asked); !good) return good;
  }
  auto shape = broadcast(*data, asked == nullptr ? Shape(*rank) : *asked);
  if (!shape) return Error(shape.error());
  const auto view = broadcast_view(*data, *shape);
  context.set(0, context.dtype(0), std::move(*shape));
  pass_contents(context, 0, 0, view);
  return {};
}

}  // namespace padproof::model::shapes
