// SPDX-License-Identifier: Apache-2.0
#include "model/inference_budget.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/extent_terms.h"

namespace padproof::model {
namespace {

constexpr std::size_t kExtentsPerUnit = 4;
constexpr std::size_t kBytesPerUnit = 1024;
constexpr std::size_t kMostDecodedBytes = std::size_t{64} << 10;

std::size_t units_of(const std::vector<Extent>& extents) {
  std::size_t terms = 0;
  for (const Extent& extent : extents) terms += ExtentTerms::of(extent).size();
  return extents.size() / kExtentsPerUnit + terms;
}

}  // namespace

Result<void> InferenceBudget::spend(std::size_t units) {
  spent_ += units;
  if (spent_ <= limit_) return check_deadline(deadline_);
  return unsupported("too-many-instances",
                     "function calls, subgraphs and shapes unfold into too much to follow",
                     fmt::format("over {}", limit_), std::to_string(limit_));
}

Result<void> InferenceBudget::Level::check() const {
  if (depth_ <= kMaxInstanceDepth) return {};
  return unsupported("too-deep", "function calls and subgraphs nest too deeply", std::to_string(depth_),
                     std::to_string(kMaxInstanceDepth));
}

std::size_t units_of(const ValueFacts& facts) {
  return (facts.shape ? units_of(*facts.shape) : 0) + (facts.contents ? units_of(*facts.contents) : 0);
}

std::size_t units_of(const TensorRef& tensor) {
  return std::min(tensor.message.size(), kMostDecodedBytes) / kBytesPerUnit;
}

}  // namespace padproof::model
