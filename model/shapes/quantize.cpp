// SPDX-License-Identifier: Apache-2.0
// Quantisation keeps shapes; what changes is the type, and where it is said moved between versions.
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {

Result<void> quantize(RuleContext& context) {
  const auto listed = static_cast<DataType>(context.attributes.int_or("output_dtype", 0));
  const bool has_zero_point = context.input(2) != nullptr;
  const DataType otherwise = listed == DataType::kUndefined ? DataType::kUint8 : listed;
  set_like(context, 0, has_zero_point ? context.dtype(2) : otherwise, 0);
  return {};
}

Result<void> dequantize(RuleContext& context) {
  const auto listed = static_cast<DataType>(context.attributes.int_or("output_dtype", 0));
  const DataType scale = context.opset < 19 ? DataType::kFloat : context.dtype(1);
  set_like(context, 0, listed == DataType::kUndefined ? scale : listed, 0);
  return {};
}

Result<void> dynamic_quantize(RuleContext& context) {
  set_like(context, 0, DataType::kUint8, 0);
  context.set(1, DataType::kFloat, {});
  context.set(2, DataType::kUint8, {});
  return {};
}

}  // namespace padproof::model::shapes
