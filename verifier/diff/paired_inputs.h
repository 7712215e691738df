// SPDX-License-Identifier: Apache-2.0
// Which inputs of two models are given the same.
#pragma once

#include <cstddef>
#include <vector>

#include "model/graph.h"

namespace padproof::verifier {

inline constexpr std::size_t kUnpairedInput = SIZE_MAX;

/// For each of the target's inputs the number of the source's of that name, otherwise of the next that the
/// target has no name of; kUnpairedInput where there is none. Inputs with a default are found by name alone.
std::vector<std::size_t> paired_inputs(const model::Graph& source, const model::Graph& target);

}  // namespace padproof::verifier
