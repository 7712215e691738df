// SPDX-License-Identifier: Apache-2.0
// Which scale and zero point an element of a quantised tensor belongs to: one for all, one for each place
// along an axis, or one for each block along an axis. Source: ONNX QuantizeLinear-10 to -28.
#pragma once

#include <cstdint>

#include "verifier/engine/half.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {

class Granularity {
 public:
  /// Of the data in input 0 under the scale in input 1, and the zero point in input 2 if there is one.
  static model::Result<Granularity> of(const KernelContext& context);

  /// Place among the scales that element `i` of the data has.
  [[nodiscard]] std::size_t index(std::int64_t i) const {
    const std::int64_t along = i / inner_ % extent_ / block_;
    if (!is_blocked_) return static_cast<std::size_t>(along);
    return static_cast<std::size_t>((i / (inner_ * extent_) * groups_ + along) * inner_ + i % inner_);
  }

 private:
  static model::Result<Granularity> blocked(const KernelContext& context, std::int64_t block);

  std::int64_t inner_ = 1;   // elements between neighbours along the axis
  std::int64_t extent_ = 1;  // of the axis
  std::int64_t block_ = 1;
  std::int64_t groups_ = 1;  // blocks along the axis
  bool is_blocked_ = false;
};

/// Calls visit(value_at) where value_at(i) is element `i`, exactly: float, float16, bfloat16 or int32. False
/// for other types.
template <class Visit>
bool visit_reals(const Tensor& tensor, Visit&& visit) {
  using model::DataType;
  if (is_half(tensor.dtype())) {
    const bool is_ieee = tensor.dtype() == DataType::kFloat16;
    const auto bits = tensor.data<std::uint16_t>();
    visit([=](std::size_t i) { return is_ieee ? from_float16(bits[i]) : from_bfloat16(bits[i]); });
    return true;
  }
  return dispatch(TypeList<DataType::kFloat, DataType::kInt32>{}, tensor.dtype(),
                  [&]<class T>(std::type_identity<T>) {
                    const auto data = tensor.data<T>();
                    visit([=](std::size_t i) { return static_cast<double>(data[i]); });
                  });
}

/// `value` rounded once to float, float16 or bfloat16; as it is for other types.
double rounded_to(model::DataType dtype, double value);

}  // namespace padproof::verifier
