// SPDX-License-Identifier: Apache-2.0
// Input tensors named on the command line.
#pragma once

#include <string>

#include "model/graph.h"
#include "verifier/engine/executor.h"

namespace padproof::cli {

/// FILE.npz by name, or a folder of input_N.pb by name or, where they have none, in the order of the graph
/// inputs.
model::Result<verifier::NamedTensors> read_inputs(const std::string& path, const model::Model& model);

}  // namespace padproof::cli
