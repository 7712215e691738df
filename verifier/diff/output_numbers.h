// SPDX-License-Identifier: Apache-2.0
// By how much the outputs of two models differ.
#pragma once

#include <cstddef>
#include <vector>

#include "verifier/diff/explain.h"
#include "verifier/diff/numbers.h"

namespace padproof::verifier {

/// Of one sample, added to what `numbers` has of others; `pairs` are paired_outputs(). What is not compared
/// says so in `reason`. Whether one moves.
bool compare_outputs(const model::Model& source, const model::Model& target,
                     const std::vector<std::size_t>& pairs, const BothSides& both, DiffNumbers& numbers);

}  // namespace padproof::verifier
