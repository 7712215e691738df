// SPDX-License-Identifier: Apache-2.0
// --assume: what all sizes of an open axis have in common.
//
// SAME pads depend on an extent H through H mod stride alone, and ceil(ceil(H/a)/b) is ceil(H/(a*b)): where H
// mod (the product of all strides) is known, every pad of a chain of layers is a number, whatever H is.
#pragma once

#include <cstdint>
#include <string>

#include "model/extent.h"
#include "model/graph.h"

namespace padproof::model {

struct Assumption {
  Extent symbol;             // what the model leaves open, by its own name or by unnamed_extent()
  std::int64_t modulus = 1;  // at least 1
  std::int64_t residue = 0;  // in [0, modulus)

  /// The symbol written so that its residue is evident: 32*ceil(H/32) where 32 divides it, otherwise
  /// 32*ceil(H/32)-27 for residue 5.
  [[nodiscard]] Extent extent() const;
  /// Whether a number is one of those meant.
  [[nodiscard]] bool admits(std::int64_t size) const { return size >= 1 && size % modulus == residue; }
  /// The least number meant that is not below `least`, which is at least 1.
  [[nodiscard]] std::int64_t size_from(std::int64_t least) const;
  /// `H % 32 = 0`
  [[nodiscard]] std::string to_string() const;
};

/// The name of an axis of a graph input that is declared without one: `INPUT[axis]`.
Extent unnamed_extent(const ValueInfo& input, std::size_t axis);

}  // namespace padproof::model
