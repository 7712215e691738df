// SPDX-License-Identifier: Apache-2.0
// Reduce*, ArgMax, ArgMin. The axes of Reduce* became an input with opset 18, those of ReduceSum with 13.
#include <limits>
#include <utility>

#include "model/shapes/arithmetic.h"
#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kReductionAxesAreAnInputSince = 18;
constexpr std::int64_t kSumAxesAreAnInputSince = 13;
constexpr std::int64_t kAxesAreNeverAnInput = std::numeric_limits<std::int64_t>::max();

bool keeps_axes(const RuleContext& context) { return context.attributes.int_or("keepdims", 1) != 0; }

Shape reduced_shape(const Shape& data, const std::vector<bool>& reduced, bool keep) {
  Shape shape;
  for (std::size_t axis = 0; axis < data.size(); ++axis) {
    if (!reduced[axis]) shape.push_back(data[axis]);
    if (reduced[axis] && keep) shape.emplace_back(1);
  }
  return shape;
}

Result<std::vector<bool>> reduced_axes(const RuleContext& context, const List& axes, std::size_t rank) {
  const bool none = !axes.present || axes.values->empty();
  const bool noop = context.attributes.int_or("noop_with_empty_axes", 0) != 0;
  if (none) return std::vector<bool>(rank, !noop);
  std::vector<bool> marked(rank, false);
  // Runtimes take an axis that is listed twice as listed once.
  for (const std::int64_t listed : *axes.values) {
    const auto axis = normalize_axis(listed, rank);
    if (!axis) return Error(axis.error());
    marked[*axis] = true;
  }
  return marked;
}

Result<void> lose_reduced(RuleContext& context, const Shape& data) {
  const DataType dtype = context.dtype(0);
  if (keeps_axes(context)) return give_up_extents(context, 0, dtype, data.size(), 1);
  const auto count = list_length(context, 1);
  if (!count || *count == 0 || *count > data.size()) return give_up(context, 0, dtype, 1);
  return give_up_extents(context, 0, dtype, data.size() - *count, 1);
}

/// A vector reduced to one element.
void reduce_contents(RuleContext& context, const Arithmetic& arithmetic) {
  const auto* contents = context.contents(0);
  const Shape* data = context.shape(0);
  if (contents == nullptr || contents->empty() || data->size() > 1) return;
  Extent result = contents->front();
  for (std::size_t i = 1; i < contents->size(); ++i) result = arithmetic.whole(result, (*contents)[i]);
  // Where nothing was reduced (noop_with_empty_axes) the output has another size, and this is dropped.
  context.set_contents(0, {result});
}

/// `since`: the opset in which the axes became an input.
Result<void> reduce_with(RuleContext& context, std::int64_t since, const Arithmetic* arithmetic) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  const auto axes = moved_list(context, "axes", 1, since);
  if (!axes) return Error(axes.error());
  if (axes->is_unknown()) return lose_reduced(context, *data);
  const auto reduced = reduced_axes(context, *axes, data->size());
  if (!reduced) return Error(reduced.error());
  context.set(0, context.dtype(0), reduced_shape(*data, *reduced, keeps_axes(context)));
  if (arithmetic != nullptr) reduce_contents(context, *arithmetic);
  return {};
}

}  // namespace

Result<void> reduce(RuleContext& context) {
  return reduce_with(context, kReductionAxesAreAnInputSince, nullptr);
}

Result<void> reduce_sum(RuleContext& context) {
  return reduce_with(context, kSumAxesAreAnInputSince, &kAddition);
}

Result<void> reduce_product(RuleContext& context) {
  return reduce_with(context, kReductionAxesAreAnInputSince, &kMultiplication);
}

Result<void> reduce_maximum(RuleContext& context) {
  return reduce_with(context, kReductionAxesAreAnInputSince, &kMaximum);
}

Result<void> reduce_minimum(RuleContext& context) {
  return reduce_with(context, kReductionAxesAreAnInputSince, &kMinimum);
}

Result<void> quantized_reduce_mean(RuleContext& context) {
  return reduce_with(context, kAxesAreNeverAnInput, nullptr);
}

Result<void> arg_reduce(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, DataType::kInt64, 0);
  const auto axis = normalize_axis(context.attributes.int_or("axis", 0), data->size());
  if (!axis) return Error(axis.error());
  std::vector<bool> reduced(data->size(), false);
  reduced[*axis] = true;
  context.set(0, DataType::kInt64, reduced_shape(*data, reduced, keeps_axes(context)));
  return {};
}

}  // namespace padproof::model::shapes
