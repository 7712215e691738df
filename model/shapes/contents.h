// SPDX-License-Identifier: Apache-2.0
// Moving known elements around: slices, transpositions and broadcasts of a tensor are all strided views of
// it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "model/shapes/rule.h"

namespace padproof::model::shapes {

/// Element [i, j, ...] of the view is element offset + i*strides[0] + j*strides[1] + ... of the tensor.
struct StridedView {
  std::vector<std::int64_t> counts;
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
};

/// A whole tensor of at most kMaxContents elements; nothing if its shape is not constant or it is larger.
std::optional<StridedView> whole_view(const Shape& shape);

/// The tensor of shape `from` repeated to `to`, to which it must broadcast. Nothing as above.
std::optional<StridedView> broadcast_view(const Shape& from, const Shape& to);

/// Places of the view's elements in row-major order; nothing if one is outside of [0, size).
std::optional<std::vector<std::size_t>> places(const StridedView& view, std::size_t size);

template <class T>
std::optional<std::vector<T>> read_view(const std::optional<StridedView>& view,
                                        const std::vector<T>& elements) {
  const auto found = view ? places(*view, elements.size()) : std::nullopt;
  if (!found) return std::nullopt;
  std::vector<T> read;
  read.reserve(found->size());
  for (const std::size_t place : *found) read.push_back(elements[place]);
  return read;
}

/// Contents of an input, also where they are whole numbers in a float constant.
std::optional<std::vector<Extent>> whole_numbers(const RuleContext& context, std::size_t index);

/// Sets the contents and floats of `output` to those of `input`, seen through a view. Follows a set().
void pass_contents(RuleContext& context, std::size_t output, std::size_t input,
                   const std::optional<StridedView>& view);

/// As they are: the output's elements are the input's, in the same order.
void pass_contents(RuleContext& context, std::size_t output, std::size_t input);

}  // namespace padproof::model::shapes
