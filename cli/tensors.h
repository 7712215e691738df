// SPDX-License-Identifier: Apache-2.0
// Tensors named on the command line: what models are given, and what is expected of them.
#pragma once

#include <string>

#include "model/graph.h"
#include "verifier/engine/executor.h"

namespace padproof::cli {

/// FILE.npz by name, or a folder of input_N.pb by name or, where they have none, in the order of the graph
/// inputs. An archive may take as much memory as an execution.
model::Result<verifier::NamedTensors> read_inputs(const std::string& path, const model::Model& model,
                                                  std::uint64_t memory_limit_bytes);

/// The same with output_N.pb and the graph outputs.
model::Result<verifier::NamedTensors> read_expected(const std::string& path, const model::Model& model,
                                                    std::uint64_t memory_limit_bytes);

}  // namespace padproof::cli
