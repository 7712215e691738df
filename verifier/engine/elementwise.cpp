// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/elementwise.h"

#include <array>

namespace padproof::verifier {

using model::Error;
using model::Result;

Result<BinaryDims> binary_dims(const KernelContext& context, const Tensor& left, const Tensor& right) {
  auto aligned = legacy_aligned(context, left.dims(), right.dims());
  if (!aligned) return Error(aligned.error());
  BinaryDims dims{left.dims(), std::move(*aligned), {}};
  auto result = broadcast_dims(std::array{dims.left, dims.right});
  if (!result) return Error(result.error());
  if (context.opset < 7 && *result != dims.left)
    return bad_shape("the second operand does not fit into the first", right.dims(), to_string(dims.left));
  dims.result = std::move(*result);
  return dims;
}

}  // namespace padproof::verifier
