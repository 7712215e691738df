// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/rule.h"

namespace padproof::model {
namespace {

bool is_one(const Extent& extent) { return extent.is_constant() && extent.value() == 1; }

Result<Extent> broadcast_axis(const Extent& left, const Extent& right) {
  if (is_one(left)) return right;
  if (is_one(right) || left.same_as(right)) return left;
  if (left.is_constant() && right.is_constant()) {
    return malformed("shape-mismatch", "shapes do not broadcast", left.to_string(), right.to_string());
  }
  if (left.is_constant()) return left;
  if (right.is_constant()) return right;
  return Extent();
}

}  // namespace

Result<Shape> broadcast(const Shape& left, const Shape& right) {
  const Shape& longer = left.size() >= right.size() ? left : right;
  const Shape& shorter = left.size() >= right.size() ? right : left;
  Shape result = longer;
  const std::size_t added = longer.size() - shorter.size();
  for (std::size_t axis = 0; axis < shorter.size(); ++axis) {
    const auto extent = broadcast_axis(longer[added + axis], shorter[axis]);
    if (!extent) {
      Diagnostic diagnostic = extent.error();
      diagnostic.got = to_string(left);
      diagnostic.limit = to_string(right);
      return Error(std::move(diagnostic));
    }
    result[added + axis] = *extent;
  }
  return result;
}

}  // namespace padproof::model
