// SPDX-License-Identifier: Apache-2.0
// float16 (IEEE 754 binary16) and bfloat16 by their bits.
#pragma once

#include <cstdint>

#include "model/data_type.h"
#include "verifier/engine/memory_budget.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

inline bool is_half(model::DataType dtype) {
  return dtype == model::DataType::kFloat16 || dtype == model::DataType::kBfloat16;
}

/// A float16 or bfloat16 tensor as floats, which hold every value of either.
model::Result<Tensor> widened(const MemoryBudget& memory, const Tensor& tensor);

/// A float tensor rounded once to a half type.
model::Result<Tensor> narrowed(const MemoryBudget& memory, const Tensor& tensor, model::DataType dtype);

double from_float16(std::uint16_t bits);
double from_bfloat16(std::uint16_t bits);

/// The nearest value, halves to even; overflow is infinity, NaN a quiet NaN.
std::uint16_t to_float16(double value);
std::uint16_t to_bfloat16(double value);

}  // namespace padproof::verifier
