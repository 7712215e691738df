// SPDX-License-Identifier: Apache-2.0
#include "verifier/same_bytes.h"

#include <tbb/parallel_for.h>

#include <atomic>
#include <cstring>

namespace padproof::verifier {
namespace {

// Bytes of a task: fewer do not pay for handing it out.
constexpr std::size_t kTask = 1U << 18U;

}  // namespace

bool same_bytes(model::Bytes left, model::Bytes right) {
  if (left.size() != right.size()) return false;
  if (left.size() <= 2 * kTask) return left == right;
  std::atomic<bool> same = true;
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, left.size(), kTask), [&](const auto& range) {
    if (same && std::memcmp(left.data() + range.begin(), right.data() + range.begin(), range.size()) != 0)
      same = false;
  });
  return same;
}

}  // namespace padproof::verifier
