// SPDX-License-Identifier: Apache-2.0
// Tensors and times in a few numbers.
#pragma once

#include <string_view>
#include <vector>

#include "schemas/report.pb.h"
#include "verifier/engine/tensor.h"

namespace padproof::cli {

/// Name, type, shape; least, greatest and mean element of the common types.
void summarise_tensor(std::string_view name, const verifier::Tensor& tensor, schemas::Tensor& message);

/// Least, median and most of at least one run.
void summarise_times(std::vector<double> seconds, schemas::Timing& timing);

}  // namespace padproof::cli
