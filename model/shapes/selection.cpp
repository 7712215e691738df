// SPDX-License-Identifier: Apache-2.0
// Operators that choose elements: TopK, OneHot, and those whose output size depends on data.
#include <utility>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::string_view kDependsOnData = "its size depends on data";

void set_data_dependent(RuleContext& context, std::size_t output, DataType dtype, Shape shape) {
  context.lose(output, kDependsOnData);
  context.set(output, dtype, std::move(shape));
}

}  // namespace

Result<void> top_k(RuleContext& context) {
  const Shape* data = context.shape(0);
  const auto dtype = [&](std::size_t output) { return output == 0 ? context.dtype(0) : DataType::kInt64; };
  if (context.opset >= 10) {
    if (auto absent = refuse_attribute(context, "k"); !absent) return absent;
  }
  const Extent k =
      context.opset >= 10 ? scalar_input(context, 1) : Extent(context.attributes.int_or("k", -1));
  if (k.is_constant() && k.value() < 0) {
    return malformed("top-k", "a number of elements is asked for that is negative or missing", k.to_string(),
                     ">= 0");
  }
  for (const std::size_t output : {0U, 1U}) {
    if (data == nullptr) {
      if (auto lost = give_up(context, output, dtype(output), 0); !lost) return lost;
      continue;
    }
    const auto axis = normalize_axis(context.attributes.int_or("axis", -1), data->size());
    if (!axis) return Error(axis.error());
    Shape shape = *data;
    if (k.is_constant() && shape[*axis].is_constant() && k.value() > shape[*axis].value()) {
      return malformed("top-k", "more elements are asked for than there are", k.to_string(),
                       shape[*axis].to_string());
    }
    shape[*axis] = k;
    if (!k.is_known()) context.lose_by_input(output, 1);
    context.set(output, dtype(output), std::move(shape));
  }
  return {};
}

Result<void> one_hot(RuleContext& context) {
  const Shape* indices = context.shape(0);
  if (indices == nullptr) return give_up(context, 0, context.dtype(2), 0);
  const auto axis = normalize_axis(context.attributes.int_or("axis", -1), indices->size() + 1);
  if (!axis) return Error(axis.error());
  const Extent depth = scalar_input(context, 1);
  if (depth.is_constant() && depth.value() < 0) {
    return malformed("one-hot-depth", "the depth is negative", depth.to_string(), ">= 0");
  }
  if (!depth.is_known()) context.lose_by_input(0, 1);
  Shape shape = *indices;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*axis), depth);
  context.set(0, context.dtype(2), std::move(shape));
  return {};
}

Result<void> non_zero(RuleContext& context) {
  const Shape* data = context.shape(0);
  const Extent rank = data == nullptr ? Extent() : Extent(std::ssize(*data));
  set_data_dependent(context, 0, DataType::kInt64, {rank, Extent()});
  return {};
}

Result<void> non_max_suppression(RuleContext& context) {
  set_data_dependent(context, 0, DataType::kInt64, {Extent(), Extent(3)});
  return {};
}

Result<void> unique(RuleContext& context) {
  const Shape* data = context.shape(0);
  Shape shape(1);
  if (context.attributes.has("axis")) {
    if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
    const auto axis = normalize_axis(context.attributes.int_or("axis", 0), data->size());
    if (!axis) return Error(axis.error());
    shape = *data;
    shape[*axis] = Extent();
  }
  set_data_dependent(context, 0, context.dtype(0), std::move(shape));
  for (std::size_t output = 1; output < context.output_count(); ++output) {
    set_data_dependent(context, output, DataType::kInt64, Shape(1));
  }
  return {};
}

}  // namespace padproof::model::shapes
