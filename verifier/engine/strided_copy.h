// SPDX-License-Identifier: Apache-2.0
// Copies a tensor's elements in another order: what Transpose, Slice, Expand, Tile and their kin come down
// to.
#pragma once

#include <cstdint>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// Elements of a tensor by their place in another one: place p, along axes of `extents`, is element
/// first + sum of p[i]*strides[i]. Strides may be 0 or negative.
struct StridedView {
  Dims extents;
  Dims strides;
  std::int64_t first = 0;
};

/// Writes the viewed elements of `source` to `target` in row-major order. The view must stay inside `source`
/// and hold as many elements as `target`, whose type is the same.
void strided_copy(const Tensor& source, const StridedView& view, Tensor* target);

}  // namespace padproof::verifier
