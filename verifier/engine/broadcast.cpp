// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/broadcast.h"

#include <algorithm>

#include "verifier/engine/operands.h"

namespace padproof::verifier {

using model::Error;
using model::Result;

Result<Dims> broadcast_dims(std::span<const Dims> all) {
  Dims result;
  for (const Dims& dims : all) {
    if (dims.size() > result.size()) result.insert(result.begin(), dims.size() - result.size(), 1);
    const std::size_t shift = result.size() - dims.size();
    for (std::size_t i = 0; i < dims.size(); ++i) {
      std::int64_t& extent = result[shift + i];
      if (extent == 1)
        extent = dims[i];
      else if (dims[i] != 1 && dims[i] != extent)
        return bad_shape("operands cannot be broadcast together", dims, to_string(result));
    }
  }
  const auto count = count_elements(result);
  if (!count) return Error(count.error());
  return result;
}

Result<Dims> legacy_aligned(const KernelContext& context, const Dims& left, const Dims& right) {
  if (context.opset >= 7) return right;
  if (context.attributes.int_or("broadcast", 0) == 0) {
    if (left != right)
      return bad_shape("operands differ in shape without the attribute broadcast", right, to_string(left));
    return right;
  }
  Dims aligned = right;
  std::size_t axis = left.size() - std::min(left.size(), right.size());
  if (context.attributes.has("axis")) {
    const auto resolved = resolve_axis(context.attributes.int_or("axis", 0), left.size());
    if (!resolved) return Error(resolved.error());
    axis = *resolved;
  }
  if (axis + right.size() > left.size())
    return bad_shape("the second operand does not fit into the first", right, to_string(left));
  aligned.insert(aligned.end(), left.size() - axis - right.size(), 1);
  return aligned;
}

Dims broadcast_strides(const Dims& operand, const Dims& result) {
  const Dims own = row_major_strides(operand);
  Dims strides(result.size(), 0);
  const std::size_t shift = result.size() - operand.size();
  for (std::size_t i = 0; i < operand.size(); ++i)
    if (operand[i] != 1) strides[shift + i] = own[i];
  return strides;
}

}  // namespace padproof::verifier
