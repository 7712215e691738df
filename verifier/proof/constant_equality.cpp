// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/constant_equality.h"

#include <tbb/parallel_for.h>

#include <atomic>
#include <cstring>

#include "model/tensor_values.h"

namespace padproof::verifier {
namespace {

// Bytes of a task: fewer do not pay for handing it out.
constexpr std::size_t kTask = 1U << 18U;

bool same_bytes(model::Bytes source, model::Bytes target) {
  std::atomic<bool> same = true;
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, source.size(), kTask), [&](const auto& range) {
    if (same && std::memcmp(source.data() + range.begin(), target.data() + range.begin(), range.size()) != 0)
      same = false;
  });
  return same;
}

}  // namespace

model::Result<bool> same_constants(const model::TensorRef& source, const model::TensorRef& target) {
  const bool is_large = source.storage == model::Storage::kRaw && target.storage == model::Storage::kRaw &&
                        source.raw.size() == target.raw.size() && source.raw.size() > 2 * kTask;
  if (!is_large || source.raw.data() == target.raw.data()) return model::same_elements(source, target);
  return source.dtype == target.dtype && source.dims == target.dims && same_bytes(source.raw, target.raw);
}

}  // namespace padproof::verifier
