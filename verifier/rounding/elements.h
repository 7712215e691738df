// SPDX-License-Identifier: Apache-2.0
// Tensors of any numeric type as doubles, and back to float.
#pragma once

#include <optional>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// Nothing for types that are no numbers or wider than 32 bits as integers; those have no exact double.
std::optional<Tensor> as_doubles(const Tensor& tensor);

/// Doubles rounded to float.
Tensor single_of(const Tensor& doubles);

/// Place of an element, `[0,2,5,1]`; empty for a scalar.
std::string place_of(const Dims& dims, std::size_t element);

}  // namespace padproof::verifier
