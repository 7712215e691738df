// SPDX-License-Identifier: Apache-2.0
// Values between the aligned layers of two models that stand for each other.
//
// Where one model's values are expectations of the other, a layer is judged by the worst case of one node
// only if its operands are known: behind the sum of a residual network no layer's are unless the sum is
// expected too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "verifier/diff/diff.h"

namespace padproof::verifier {

/// By their names, in the main graphs.
struct Waypoint {
  std::string_view source;
  std::string_view target;
};

/// Outputs of nodes which are the same operator with equal attributes, on operands that are layers' results,
/// waypoints or equal constants, one by one; Add and Mul in either order. Those that only copy, compare or
/// select are left out: they are known where their operands are. The models must outlive what is returned.
std::vector<Waypoint> waypoints_of(const model::Model& source, const model::Model& target,
                                   const PaddingDiff& diff);

/// For each of the target's outputs the number of the source's: of that name, of the same node on the same
/// operands, otherwise of the next of those left; kUnpairedOutput where there is none.
inline constexpr std::size_t kUnpairedOutput = SIZE_MAX;
std::vector<std::size_t> paired_outputs(const model::Model& source, const model::Model& target,
                                        const PaddingDiff& diff);

}  // namespace padproof::verifier
