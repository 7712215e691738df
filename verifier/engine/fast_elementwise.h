// SPDX-License-Identifier: Apache-2.0
// The fast path of elementwise kernels: whether it is for these operands, and doing it.
#pragma once

#include "verifier/engine/elementwise.h"
#include "verifier/engine/simd/elementwise.h"

namespace padproof::verifier {

/// Output 0 = left op right on floats. False, and no output, where only the scalar path will do: other types,
/// broadcasting along several axes apart, results that are not finite.
bool combine_fast(KernelContext& context, simd::Operation operation);

/// Output 0 = the clamp of input 0. False, and no output, if it is not of floats.
bool clamp_fast(KernelContext& context, const simd::Finish& finish);

}  // namespace padproof::verifier
