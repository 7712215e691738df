// SPDX-License-Identifier: Apache-2.0
// Reproducible inputs for execution: signed values, since constants and values in [0,1) hide padding
// mistakes.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/result.h"
#include "verifier/engine/executor.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// A tensor whose bits depend on (seed, name, dtype, dims) alone, on every machine.
/// Floats: uniform in [-1, 1), four times that in the first and last cells of the two last axes, so that pads
/// matter; integers: -8 to 7, or 0 to 15 where the type has no sign; bool: fair coin. The generator is
/// counter-based (SplitMix64). kUnsupported for types that the engine does not hold, for more bytes than
/// `limits` allow, and past their deadline.
model::Result<Tensor> seeded_tensor(std::uint64_t seed, std::string_view name, model::DataType dtype,
                                    Dims dims, const ExecuteOptions& limits = {});

}  // namespace padproof::verifier
