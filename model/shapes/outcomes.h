// SPDX-License-Identifier: Apache-2.0
// Ways in which many rules end.
#pragma once

#include <cstddef>
#include <limits>

#include "model/shapes/rule.h"

namespace padproof::model::shapes {

/// `output` has the shape of `input`, or is lost for the reason that `input` is.
void set_like(RuleContext& context, std::size_t output, DataType dtype, std::size_t input);

/// Nothing but the type of `output` can be told, since `input` is not known well enough.
Result<void> give_up(RuleContext& context, std::size_t output, DataType dtype, std::size_t input);

/// The rank of `output` is known, none of its extents is, since `input` is not known well enough.
Result<void> give_up_extents(RuleContext& context, std::size_t output, DataType dtype, std::size_t rank,
                             std::size_t input);

/// Two extents that must be equal: the more certain one; unknown only if both are.
/// Error "shape-mismatch" for two constants that differ; `what` says whose extents they are.
Result<Extent> unify(const Extent& left, const Extent& right, std::string_view what);

inline constexpr std::size_t kAnyRank = std::numeric_limits<std::size_t>::max();
/// Error "rank" unless `shape` has rank `minimum` to `maximum`.
Result<void> check_rank(const Shape& shape, std::size_t minimum, std::size_t maximum, std::string_view what);

/// Error "negative-extent" if these numbers are no shape.
Result<void> check_extents(const Shape& contents);

/// The length that input `index`, a list, is declared to have, if it is known and sane for a list of axes.
std::optional<std::size_t> list_length(const RuleContext& context, std::size_t index);

}  // namespace padproof::model::shapes
