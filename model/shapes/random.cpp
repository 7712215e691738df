// SPDX-License-Identifier: Apache-2.0
// Operators that make random or patterned tensors: shape by attribute or by an input, type by the attribute
// `dtype`.
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

DataType listed_dtype(const RuleContext& context, DataType fallback) {
  return static_cast<DataType>(context.attributes.int_or("dtype", static_cast<std::int64_t>(fallback)));
}

}  // namespace

Result<void> random_of_shape(RuleContext& context) {
  if (auto present = require_attribute(context, "shape"); !present) return present;
  const auto& listed = context.attributes.ints("shape");
  for (const std::int64_t extent : listed) {
    if (extent < 0) return bad_attribute("shape", "an extent is negative", std::to_string(extent), ">= 0");
  }
  context.set(0, listed_dtype(context, DataType::kFloat), {listed.begin(), listed.end()});
  return {};
}

Result<void> random_like(RuleContext& context) {
  set_like(context, 0, listed_dtype(context, context.dtype(0)), 0);
  return {};
}

Result<void> multinomial(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data != nullptr) {
    if (auto ok = check_rank(*data, 2, 2, "the data input"); !ok) return ok;
  } else {
    context.lose_by_input(0, 0);
  }
  context.set(0, listed_dtype(context, DataType::kInt32),
              {data == nullptr ? Extent() : (*data)[0], context.attributes.int_or("sample_size", 1)});
  return {};
}

}  // namespace padproof::model::shapes
