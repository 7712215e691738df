// SPDX-License-Identifier: Apache-2.0
// Zero points and scales of the integer kernels.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/engine/operands.h"

namespace padproof::verifier {

/// Element i of a zero point that has one value or `count`; 0 where the input is omitted. int8 or uint8 of
/// the type of what it belongs to; kMalformed otherwise.
model::Result<std::vector<std::int32_t>> zero_points(const Tensor* zero_point, const Tensor& of,
                                                     std::int64_t count);

/// A scale of one value or `count`, of a float type.
model::Result<std::vector<double>> scales(const Tensor* scale, std::int64_t count);

/// int8 or uint8 elements as int32 less their zero point. `points` has one value, or one for each block of
/// `block` elements, cyclically.
model::Result<Tensor> centered(const KernelContext& context, const Tensor& tensor,
                               const std::vector<std::int32_t>& points, std::int64_t block);

/// Output `index` as round(accumulator * multiplier) + zero point, saturated; one multiplier and zero point
/// for each block of `block` elements, cyclically, or one for all. Evaluated in double, rounded half to even.
model::Result<void> requantize(KernelContext& context, const Tensor& accumulator,
                               const std::vector<double>& multipliers,
                               const std::vector<std::int32_t>& points, std::int64_t block,
                               model::DataType dtype);

}  // namespace padproof::verifier
