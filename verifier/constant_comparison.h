// SPDX-License-Identifier: Apache-2.0
// Which constants of two models hold the same elements: all weights at the speed of memory, and once.
#pragma once

#include <map>
#include <utility>

#include "model/result.h"
#include "model/tensor_ref.h"

namespace padproof::verifier {

/// The constants asked about must outlive it. Not for several threads at once.
class ConstantComparison {
 public:
  /// As model::same_elements; large raw data is compared on all cores, and remembered.
  model::Result<bool> are_same(const model::TensorRef& source, const model::TensorRef& target);

 private:
  std::map<std::pair<const model::TensorRef*, const model::TensorRef*>, bool> large_;
};

}  // namespace padproof::verifier
