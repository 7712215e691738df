// SPDX-License-Identifier: Apache-2.0
// Bounds the memory of a run: asked before each allocation, credited when the last tensor over a block goes.
#pragma once

#include <cstdint>
#include <memory>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes);
  /// A zero-filled tensor, or an error: kMalformed for dims that no tensor has, kUnsupported (`memory-limit`)
  /// for one that does not fit.
  [[nodiscard]] model::Result<Tensor> allocate(model::DataType dtype, Dims dims) const;

 private:
  struct Account;
  std::shared_ptr<Account> account_;  // outlives the run: outputs are credited when the caller drops them
};

}  // namespace padproof::verifier
