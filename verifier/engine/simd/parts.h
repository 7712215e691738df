// SPDX-License-Identifier: Apache-2.0
// Division into tasks, strips and vectors: the last part may be smaller.
#pragma once

#include <cstdint>

namespace padproof::verifier::simd {

/// Parts of size `part` > 0 that cover `whole` >= 0.
constexpr std::int64_t parts_of(std::int64_t whole, std::int64_t part) { return (whole + part - 1) / part; }

}  // namespace padproof::verifier::simd
