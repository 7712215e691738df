// SPDX-License-Identifier: Apache-2.0
// Tensors of 8 bits that stand for reals, value = (element - zero point) * scale: the operands of Microsoft's
// QLinear operators.
//
// Results are evaluated in double and rounded once, halves to even, and so is the definition's number. ONNX
// Runtime evaluates in float, where a result that close to a half may come out one step away.
// Source: ONNX Runtime, docs/ContribOperators.md, com.microsoft version 1.
#pragma once

#include <cmath>

#include "verifier/engine/operands.h"
#include "verifier/engine/saturate.h"

namespace padproof::verifier {

struct LinearScale {
  double step = 1;
  std::int32_t zero = 0;
  model::DataType dtype = model::DataType::kUint8;

  [[nodiscard]] double real(std::int32_t element) const { return step * (element - zero); }
};

/// Scale and zero point at these inputs, one value each; the zero point may be omitted and has the type of
/// `dtype`.
model::Result<LinearScale> linear_scale(const KernelContext& context, std::size_t scale,
                                        std::size_t zero_point, model::DataType dtype);

/// The same where the zero point, or uint8 without one, gives the type of a result.
model::Result<LinearScale> result_scale(const KernelContext& context, std::size_t scale,
                                        std::size_t zero_point);

/// The element that stands for `quotient` steps.
template <class Q>
Q element_of(const LinearScale& scale, double quotient) {
  return saturate<Q>(std::nearbyint(quotient) + scale.zero);
}

}  // namespace padproof::verifier
