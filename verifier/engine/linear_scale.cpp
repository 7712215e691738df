// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/linear_scale.h"

#include "verifier/engine/quantized.h"

namespace padproof::verifier {

using model::DataType;
using model::Error;
using model::Result;

Result<LinearScale> linear_scale(const KernelContext& context, std::size_t scale, std::size_t zero_point,
                                 DataType dtype) {
  if (!contains(ByteTypes{}, dtype)) return type_not_in_engine(context, dtype);
  if (context.input(scale) == nullptr) return model::malformed("missing-input", "a scale is missing");
  const auto steps = scales(context.input(scale), 1);
  if (!steps) return Error(steps.error());
  const Tensor typed(dtype, {0});
  const auto zeros = zero_points(context.input(zero_point), typed, 1);
  if (!zeros) return Error(zeros.error());
  return LinearScale{steps->front(), zeros->front(), dtype};
}

Result<LinearScale> result_scale(const KernelContext& context, std::size_t scale, std::size_t zero_point) {
  const Tensor* const point = context.input(zero_point);
  return linear_scale(context, scale, zero_point, point == nullptr ? DataType::kUint8 : point->dtype());
}

}  // namespace padproof::verifier
