// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/outcomes.h"

#include <fmt/format.h>

namespace padproof::model::shapes {

void set_like(RuleContext& context, std::size_t output, DataType dtype, std::size_t input) {
  if (const Shape* shape = context.shape(input)) {
    context.set(output, dtype, *shape);
  } else {
    context.set_rank_unknown(output, dtype);
    context.lose_by_input(output, input);
  }
}

Result<void> give_up(RuleContext& context, std::size_t output, DataType dtype, std::size_t input) {
  context.set_rank_unknown(output, dtype);
  context.lose_by_input(output, input);
  return {};
}

Result<void> give_up_extents(RuleContext& context, std::size_t output, DataType dtype, std::size_t rank,
                             std::size_t input) {
  context.set(output, dtype, Shape(rank));
  if (rank > 0) context.lose_by_input(output, input);
  return {};
}

Result<Extent> unify(const Extent& left, const Extent& right, std::string_view what) {
  if (left.is_constant() && right.is_constant() && left.value() != right.value()) {
    return malformed("shape-mismatch", fmt::format("{} differ", what), left.to_string(), right.to_string());
  }
  return left.is_constant() || !right.is_known()   ? left
         : right.is_constant() || !left.is_known() ? right
                                                   : left;
}

Result<void> check_rank(const Shape& shape, std::size_t minimum, std::size_t maximum, std::string_view what) {
  if (minimum <= shape.size() && shape.size() <= maximum) return {};
  const std::string limit = minimum == maximum       ? fmt::format("rank {}", minimum)
                            : shape.size() < minimum ? fmt::format("rank >= {}", minimum)
                                                     : fmt::format("rank <= {}", maximum);
  return malformed("rank", fmt::format("{} has the wrong rank", what), to_string(shape), limit);
}

Result<void> check_extents(const Shape& contents) {
  for (const Extent& extent : contents)
    if (extent.is_constant() && extent.value() < 0)
      return malformed("negative-extent", "an extent is negative", extent.to_string(), ">= 0");
  return {};
}

std::optional<std::size_t> list_length(const RuleContext& context, std::size_t index) {
  const Shape* shape = context.shape(index);
  if (shape == nullptr || shape->size() != 1 || !(*shape)[0].is_constant()) return std::nullopt;
  const std::int64_t length = (*shape)[0].value();
  return length < 0 || length > kMaxContents ? std::nullopt : std::optional(static_cast<std::size_t>(length));
}

}  // namespace padproof::model::shapes
