// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/input_layout.h"

#include <algorithm>
#include <numeric>

#include "verifier/diff/paired_inputs.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/strided_copy.h"

namespace padproof::verifier {
namespace {

using Axes = std::vector<std::size_t>;

/// How many constants are the same; -1 if some contradict each other.
int agreement(const model::Shape& given, const model::Shape& declared, const Axes& axes) {
  int same = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const model::Extent& mine = given[axes[i]];
    if (!mine.is_constant() || !declared[i].is_constant()) continue;
    if (mine.value() != declared[i].value()) return -1;
    ++same;
  }
  return same;
}

}  // namespace

std::optional<Axes> axes_for(const model::Shape& given, const model::Shape& declared) {
  if (given.size() != declared.size()) return std::nullopt;
  Axes in_order(given.size());
  std::iota(in_order.begin(), in_order.end(), 0U);
  const int as_given = agreement(given, declared, in_order);
  Axes last = in_order;
  Axes first = in_order;
  if (given.size() > 2) {
    std::rotate(last.begin() + 1, last.begin() + 2, last.end());
    std::rotate(first.begin() + 1, first.end() - 1, first.end());
  }
  const int as_last = agreement(given, declared, last);
  const int as_first = agreement(given, declared, first);
  const int most = std::max({as_given, as_last, as_first});
  if (most < 0) return std::nullopt;
  if (as_given == most) return in_order;
  // Of three axes both are the same.
  if (as_last == as_first && last != first) return std::nullopt;
  return as_last == most ? last : first;
}

bool are_in_order(const Axes& axes) { return std::is_sorted(axes.begin(), axes.end()); }

Tensor with_axes(const Tensor& tensor, const Axes& axes) {
  const Dims strides = row_major_strides(tensor.dims());
  StridedView view;
  for (const std::size_t axis : axes) {
    view.extents.push_back(tensor.dims()[axis]);
    view.strides.push_back(strides[axis]);
  }
  Tensor moved(tensor.dtype(), view.extents);
  strided_copy(tensor, view, &moved);
  return moved;
}

std::map<std::string, std::int64_t> sizes_from(const model::Graph& target,
                                               const model::GraphInstance& source) {
  std::map<std::string, std::int64_t> sizes;
  const auto pairs = paired_inputs(*source.graph, target);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& declared = target.inputs[i].type.shape;
    if (pairs[i] == kUnpairedInput || !declared) continue;
    const auto& known = source.facts(source.graph->inputs[pairs[i]].value).shape;
    const auto axes = known ? axes_for(*known, *declared) : std::nullopt;
    for (std::size_t axis = 0; axes && axis < axes->size(); ++axis) {
      const model::Extent& open = (*known)[(*axes)[axis]];
      if (!open.is_constant() && (*declared)[axis].is_constant())
        sizes.emplace(open.to_string(), (*declared)[axis].value());
    }
  }
  return sizes;
}

}  // namespace padproof::verifier
