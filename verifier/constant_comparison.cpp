// SPDX-License-Identifier: Apache-2.0
#include "verifier/constant_comparison.h"

#include "model/tensor_values.h"
#include "verifier/same_bytes.h"

namespace padproof::verifier {
namespace {

constexpr std::size_t kLarge = 1U << 19U;

bool both_large(const model::TensorRef& source, const model::TensorRef& target) {
  return source.storage == model::Storage::kRaw && target.storage == model::Storage::kRaw &&
         source.raw.size() == target.raw.size() && source.raw.size() > kLarge;
}

}  // namespace

model::Result<bool> ConstantComparison::are_same(const model::TensorRef& source,
                                                 const model::TensorRef& target) {
  if (!both_large(source, target) || source.raw.data() == target.raw.data())
    return model::same_elements(source, target);
  const std::pair key{&source, &target};
  const auto known = large_.find(key);
  if (known != large_.end()) return known->second;
  const bool same =
      source.dtype == target.dtype && source.dims == target.dims && same_bytes(source.raw, target.raw);
  large_.emplace(key, same);
  return same;
}

}  // namespace padproof::verifier
