// SPDX-License-Identifier: Apache-2.0
// One image for two models, of which one has its channels last: ports between frameworks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/facts.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// For each axis of `declared` that of `given`: in order, with the second axis last or with the last one
/// second. Of those that no constant contradicts the one in which most are the same; where that leaves two,
/// they come in order if that is one of them. Nothing if none fits, or it is not certain which.
std::optional<std::vector<std::size_t>> axes_for(const model::Shape& given, const model::Shape& declared);

/// Whether the axes come in order.
bool are_in_order(const std::vector<std::size_t>& axes);

/// The tensor with its axes in that order.
Tensor with_axes(const Tensor& tensor, const std::vector<std::size_t>& axes);

/// Sizes for extents that the source's inputs leave open and the target's declare: by the source's symbols.
std::map<std::string, std::int64_t> sizes_from(const model::Graph& target,
                                               const model::GraphInstance& source);

}  // namespace padproof::verifier
