// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/granularity.h"

namespace padproof::verifier {

using model::DataType;
using model::Error;
using model::Result;

Result<Granularity> Granularity::of(const KernelContext& context) {
  const Tensor& input = context.present(0);
  const Tensor& scale = context.present(1);
  const Tensor* const point = context.input(2);
  if (point != nullptr && point->dims() != scale.dims() && (point->size() != 1 || scale.size() != 1))
    return bad_shape("zero point does not fit the scale", point->dims(), to_string(scale.dims()));
  const std::int64_t block = context.attributes.int_or("block_size", 0);
  if (block < 0) return bad_value("block_size", std::to_string(block), "at least 0");
  if (block != 0) return blocked(context, block);
  if (scale.size() == 1 && scale.rank() <= 1) return Granularity{};
  if (scale.rank() != 1) return bad_shape("scale of several axes without block_size", scale.dims());
  const auto axis = resolve_axis(context.attributes.int_or("axis", 1), input.rank());
  if (!axis) return Error(axis.error());
  if (context.opset < 13 || input.dims()[*axis] != scale.size())
    return bad_shape("scale does not fit the data", scale.dims(), to_string(input.dims()));
  Granularity result;
  result.extent_ = scale.size();
  result.inner_ = extent_product(input.dims(), *axis + 1, input.rank());
  return result;
}

Result<Granularity> Granularity::blocked(const KernelContext& context, std::int64_t block) {
  const Dims& dims = context.present(0).dims();
  const auto axis = resolve_axis(context.attributes.int_or("axis", 1), dims.size());
  if (!axis) return Error(axis.error());
  Granularity result;
  result.is_blocked_ = true;
  result.block_ = block;
  result.extent_ = dims[*axis];
  result.groups_ = result.extent_ / block + (result.extent_ % block == 0 ? 0 : 1);
  result.inner_ = extent_product(dims, *axis + 1, dims.size());
  Dims expected = dims;
  expected[*axis] = result.groups_;
  if (context.present(1).dims() != expected)
    return bad_shape("scale does not fit the blocks", context.present(1).dims(), to_string(expected));
  return result;
}

double rounded_to(DataType dtype, double value) {
  if (dtype == DataType::kFloat16) return from_float16(to_float16(value));
  if (dtype == DataType::kBfloat16) return from_bfloat16(to_bfloat16(value));
  return dtype == DataType::kFloat ? static_cast<double>(static_cast<float>(value)) : value;
}

}  // namespace padproof::verifier
