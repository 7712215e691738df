// SPDX-License-Identifier: Apache-2.0
// Operators that move elements between channels and space, or sample space: N,C,spatial throughout.
#include <limits>
#include <utility>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

struct Blocks {
  std::int64_t length;
  std::int64_t area;
};

Result<Blocks> read_blocks(const RuleContext& context) {
  const std::int64_t length = context.attributes.int_or("blocksize", 0);
  const auto area = checked_multiply(length, length);
  if (length >= 1 && area) return Blocks{length, *area};
  return bad_attribute("blocksize", "the block has no sensible size", std::to_string(length), ">= 1");
}

/// An extent that must be a multiple. Rounding symbolic ones down changes nothing where the model runs at
/// all.
Result<Extent> divide(const Extent& extent, std::int64_t divisor) {
  if (extent.is_constant() && extent.value() % divisor != 0) {
    return malformed("block-size", "an extent does not split into blocks", extent.to_string(),
                     "a multiple of " + std::to_string(divisor));
  }
  return floor_div(extent, divisor);
}

}  // namespace

Result<void> depth_to_space(RuleContext& context) {
  const auto blocks = read_blocks(context);
  if (!blocks) return Error(blocks.error());
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up_extents(context, 0, context.dtype(0), 4, 0);
  if (auto ok = check_rank(*data, 4, 4, "the data input"); !ok) return ok;
  const auto channels = divide((*data)[1], blocks->area);
  if (!channels) return Error(channels.error());
  context.set(0, context.dtype(0),
              {(*data)[0], *channels, (*data)[2] * blocks->length, (*data)[3] * blocks->length});
  return {};
}

Result<void> space_to_depth(RuleContext& context) {
  const auto blocks = read_blocks(context);
  if (!blocks) return Error(blocks.error());
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up_extents(context, 0, context.dtype(0), 4, 0);
  if (auto ok = check_rank(*data, 4, 4, "the data input"); !ok) return ok;
  const auto height = divide((*data)[2], blocks->length);
  if (!height) return Error(height.error());
  const auto width = divide((*data)[3], blocks->length);
  if (!width) return Error(width.error());
  context.set(0, context.dtype(0), {(*data)[0], (*data)[1] * blocks->area, *height, *width});
  return {};
}

Result<void> grid_sample(RuleContext& context) {
  const Shape* data = context.shape(0);
  const Shape* grid = context.shape(1);
  if (grid == nullptr) {
    return data == nullptr ? give_up(context, 0, context.dtype(0), 0)
                           : give_up_extents(context, 0, context.dtype(0), data->size(), 1);
  }
  if (auto ok = check_rank(*grid, 3, kAnyRank, "the grid"); !ok) return ok;
  Shape shape = {(*grid)[0], Extent()};
  if (data != nullptr) {
    if (auto ok = check_rank(*data, grid->size(), grid->size(), "the data input"); !ok) return ok;
    auto batch = unify((*data)[0], (*grid)[0], "the batch extents of data and grid");
    if (!batch) return Error(batch.error());
    shape = {std::move(*batch), (*data)[1]};
  } else {
    context.lose_by_input(0, 0);
  }
  shape.insert(shape.end(), grid->begin() + 1, grid->end() - 1);
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

Result<void> affine_grid(RuleContext& context) {
  const auto* size = list_contents(context, 1);
  if (size == nullptr) {
    const auto rank = list_length(context, 1);
    return rank ? give_up_extents(context, 0, context.dtype(0), *rank, 1)
                : give_up(context, 0, context.dtype(0), 1);
  }
  if (size->size() < 3)
    return malformed("grid-size", "the size has no spatial extents", to_string(*size), "rank >= 4");
  Shape shape = {(*size)[0]};
  shape.insert(shape.end(), size->begin() + 2, size->end());
  shape.emplace_back(std::ssize(*size) - 2);
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

}  // namespace padproof::model::shapes
