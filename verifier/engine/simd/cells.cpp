// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/cells.h"

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/cells.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "verifier/engine/simd/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

// Whole vectors: what one writes too much the next overwrites.
void pack_runs(const float* x, std::span<const std::int64_t> terms, const std::vector<Run>& runs,
               std::int64_t width, float* out) {
  for (const std::int64_t term : terms) {
    for (const Run& run : runs) hn::StoreU(hn::LoadU(Tag(), x + term + run.from), Tag(), out + run.to);
    out += width;
  }
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {
namespace {

HWY_EXPORT(pack_runs);

}  // namespace

void pack(const float* x, std::span<const std::int64_t> terms, const std::vector<Run>& runs,
          std::int64_t width, float* out) {
  HWY_DYNAMIC_DISPATCH(pack_runs)(x, terms, runs, width, out);
}

}  // namespace padproof::verifier::simd
#endif
