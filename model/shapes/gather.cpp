// SPDX-License-Identifier: Apache-2.0
// Gather, GatherElements, GatherND, Compress.
#include <algorithm>
#include <limits>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

/// Picks elements of a known vector. An index outside of it is an error of the model, but one for when it
/// runs.
template <class T>
std::optional<std::vector<T>> pick(const std::vector<T>& elements, const std::vector<Extent>& indices) {
  std::vector<T> picked;
  for (const Extent& index : indices) {
    if (!index.is_constant()) return std::nullopt;
    const std::int64_t place = index.value() < 0 ? index.value() + std::ssize(elements) : index.value();
    if (place < 0 || place >= std::ssize(elements)) return std::nullopt;
    picked.push_back(elements[static_cast<std::size_t>(place)]);
  }
  return picked;
}

void pick_contents(RuleContext& context) {
  const auto* indices = context.contents(1);
  if (indices == nullptr || context.shape(0)->size() != 1) return;
  if (const auto* contents = context.contents(0)) {
    if (auto picked = pick(*contents, *indices)) context.set_contents(0, std::move(*picked));
  }
  if (const auto* floats = context.floats(0)) {
    if (auto picked = pick(*floats, *indices)) context.set_floats(0, std::move(*picked));
  }
}

}  // namespace

Result<void> gather(RuleContext& context) {
  const Shape* data = context.shape(0);
  const Shape* indices = context.shape(1);
  if (data == nullptr || indices == nullptr)
    return give_up(context, 0, context.dtype(0), data == nullptr ? 0 : 1);
  const auto axis = normalize_axis(context.attributes.int_or("axis", 0), data->size());
  if (!axis) return Error(axis.error());
  const auto at = data->begin() + static_cast<std::ptrdiff_t>(*axis);
  Shape shape(data->begin(), at);
  shape.insert(shape.end(), indices->begin(), indices->end());
  shape.insert(shape.end(), at + 1, data->end());
  context.set(0, context.dtype(0), std::move(shape));
  pick_contents(context);
  return {};
}

Result<void> gather_elements(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 1);
  return {};
}

Result<void> gather_nd(RuleContext& context) {
  const Shape* data = context.shape(0);
  const Shape* indices = context.shape(1);
  if (data == nullptr || indices == nullptr)
    return give_up(context, 0, context.dtype(0), data == nullptr ? 0 : 1);
  if (auto ok = check_rank(*data, 1, kAnyRank, "the data input"); !ok) return ok;
  if (auto ok = check_rank(*indices, 1, kAnyRank, "the indices"); !ok) return ok;
  const auto depth = indices->back().constant();
  if (!depth) return give_up(context, 0, context.dtype(0), 1);
  const auto first = checked_add(*depth, context.attributes.int_or("batch_dims", 0));
  if (!first || *first < 0 || *first > std::ssize(*data)) {
    return malformed("gather-depth", "an index has more parts than the data has axes",
                     indices->back().to_string(), std::to_string(data->size()));
  }
  Shape shape(indices->begin(), indices->end() - 1);
  shape.insert(shape.end(), data->begin() + static_cast<std::ptrdiff_t>(*first), data->end());
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

Result<void> compress(RuleContext& context) {
  constexpr std::string_view kReason = "its size depends on data";
  context.lose(0, kReason);
  if (!context.attributes.has("axis")) {
    context.set(0, context.dtype(0), Shape(1));
    return {};
  }
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  const auto axis = normalize_axis(context.attributes.int_or("axis", 0), data->size());
  if (!axis) return Error(axis.error());
  Shape shape = *data;
  shape[*axis] = Extent();
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

}  // namespace padproof::model::shapes
