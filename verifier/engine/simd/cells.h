// SPDX-License-Identifier: Apache-2.0
// Copies the cells that a strip of windows reads side by side: one row for each term.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/engine/simd/padded_planes.h"

namespace padproof::verifier::simd {

/// Floats beyond the last row that pack() may overwrite.
inline constexpr std::int64_t kPackSlack = 16;

/// Row k of `out`, `width` floats from the next: for each run the cells at x + terms[k] + from. Runs have at
/// most lanes() windows; what is beyond the last one is not defined.
void pack(const float* x, std::span<const std::int64_t> terms, const std::vector<Run>& runs,
          std::int64_t width, float* out);

}  // namespace padproof::verifier::simd
