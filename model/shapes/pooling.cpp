// SPDX-License-Identifier: Apache-2.0
// Pools over windows, over everything and over regions of interest, and MaxUnpool.
#include <limits>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"
#include "model/shapes/window.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kAlways = 1;
constexpr std::int64_t kNever = 0;

/// Output 0 is the pooled tensor, output 1 (of MaxPool) the places of the maxima.
DataType pooled_dtype(const RuleContext& context, std::size_t output) {
  return output == 0 ? context.dtype(0) : DataType::kInt64;
}

/// Without a data shape, kernel_shape still tells the rank.
Result<void> lose_pool(RuleContext& context) {
  const std::size_t rank = context.attributes.ints("kernel_shape").size();
  for (const std::size_t output : {0U, 1U}) {
    const DataType dtype = pooled_dtype(context, output);
    auto lost =
        rank == 0 ? give_up(context, output, dtype, 0) : give_up_extents(context, output, dtype, rank + 2, 0);
    if (!lost) return lost;
  }
  return {};
}

Result<void> pool(RuleContext& context, const WindowSchema& schema, bool channels_last) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return lose_pool(context);
  if (auto ok = check_rank(*data, 3, kAnyRank, "the data input"); !ok) return ok;
  const auto window = read_window(context, data->size() - 2, schema, nullptr);
  if (!window) return Error(window.error());
  Shape shape = *data;
  if (auto ok = slide(*window, shape, channels_last ? 1 : 2); !ok) return ok;
  context.set(0, pooled_dtype(context, 0), shape);
  context.set(1, pooled_dtype(context, 1), std::move(shape));
  return {};
}

bool channels_come_last(const RuleContext& context) {
  return context.attributes.int_or("channels_last", 0) != 0;
}

Result<void> pool_everything(RuleContext& context, bool channels_last) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  if (auto ok = check_rank(*data, 2, kAnyRank, "the data input"); !ok) return ok;
  Shape shape = *data;
  const std::size_t channel = channels_last ? shape.size() - 1 : 1;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    if (axis != channel) shape[axis] = 1;
  }
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

/// rois x channels x height x width, where channels are those of input 0 and rois the first extent of
/// input 1.
Result<void> pool_regions(RuleContext& context, Extent height, Extent width) {
  const Shape* data = context.shape(0);
  const Shape* regions = context.shape(1);
  if (data != nullptr) {
    if (auto ok = check_rank(*data, 4, 4, "the data input"); !ok) return ok;
  }
  if (regions != nullptr) {
    if (auto ok = check_rank(*regions, 2, 2, "the list of regions"); !ok) return ok;
  }
  if (data == nullptr || regions == nullptr) context.lose_by_input(0, data == nullptr ? 0 : 1);
  context.set(0, context.dtype(0),
              {regions == nullptr ? Extent() : (*regions)[0], data == nullptr ? Extent() : (*data)[1],
               std::move(height), std::move(width)});
  return {};
}

/// The shape asked for by an input; its elements are extents of the output.
Result<void> set_requested_shape(RuleContext& context, std::size_t input, std::size_t rank) {
  const auto* contents = list_contents(context, input);
  if (contents == nullptr) return give_up_extents(context, 0, context.dtype(0), rank, input);
  if (contents->size() != rank) {
    return malformed("shape-mismatch", "the requested shape has another rank than the data",
                     std::to_string(contents->size()), std::to_string(rank));
  }
  context.set(0, context.dtype(0), *contents);
  return {};
}

}  // namespace

Result<void> max_pool(RuleContext& context) { return pool(context, {10, 10}, false); }
Result<void> average_pool(RuleContext& context) { return pool(context, {19, 10}, false); }
Result<void> lp_pool(RuleContext& context) { return pool(context, {18, 18}, false); }
Result<void> nhwc_max_pool(RuleContext& context) { return pool(context, {kAlways, kAlways}, true); }

Result<void> quantized_average_pool(RuleContext& context) {
  return pool(context, {kNever, kAlways}, channels_come_last(context));
}

Result<void> global_pool(RuleContext& context) { return pool_everything(context, false); }

Result<void> quantized_global_pool(RuleContext& context) {
  return pool_everything(context, channels_come_last(context));
}

Result<void> max_unpool(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return lose_pool(context);
  if (auto ok = check_rank(*data, 3, kAnyRank, "the data input"); !ok) return ok;
  if (context.input(2) != nullptr) return set_requested_shape(context, 2, data->size());
  const auto window = read_window(context, data->size() - 2, {kNever, kNever}, nullptr);
  if (!window) return Error(window.error());
  Shape shape = *data;
  for (std::size_t i = 0; i < window->axes.size(); ++i) {
    const WindowAxis& axis = window->axes[i];
    shape[2 + i] = (shape[2 + i] - 1) * axis.stride + axis.kernel - axis.pad_begin - axis.pad_end;
  }
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

Result<void> roi_align(RuleContext& context) {
  return pool_regions(context, context.attributes.int_or("output_height", 1),
                      context.attributes.int_or("output_width", 1));
}

Result<void> max_roi_pool(RuleContext& context) {
  if (auto present = require_attribute(context, "pooled_shape"); !present) return present;
  const auto pooled = read_list(context, "pooled_shape", 2, 1, 1);
  if (!pooled) return Error(pooled.error());
  return pool_regions(context, (*pooled)[0], (*pooled)[1]);
}

Result<void> columns_to_image(RuleContext& context) {
  const auto* image = list_contents(context, 1);
  if (image == nullptr) {
    const auto rank = list_length(context, 1);
    if (!rank) return give_up(context, 0, context.dtype(0), 1);
    return give_up_extents(context, 0, context.dtype(0), *rank + 2, 1);
  }
  const Shape* columns = context.shape(0);
  Shape shape(2);
  if (columns == nullptr) {
    context.lose_by_input(0, 0);
  } else {
    if (auto ok = check_rank(*columns, 3, 3, "the columns"); !ok) return ok;
    const auto* block = list_contents(context, 2);
    const auto channels =
        block == nullptr ? std::nullopt : divide_exactly((*columns)[1], element_count(*block));
    if (!channels) context.lose_by_input(0, 2);
    shape = {(*columns)[0], channels.value_or(Extent())};
  }
  shape.insert(shape.end(), image->begin(), image->end());
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

}  // namespace padproof::model::shapes
