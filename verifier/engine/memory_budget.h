// SPDX-License-Identifier: Apache-2.0
// The memory of a run: bounded, and used again for the next tensor once nobody holds the last one.
//
// Asked before each allocation, credited when the last tensor over a block goes. Blocks that came back are
// kept for tensors of like size, so that a network's activations live in a few blocks whose pages are there.
#pragma once

#include <cstdint>
#include <memory>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// What a new tensor holds.
enum class Contents { kZeros, kAnything };

class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes);
  /// A tensor aligned for any vector, or an error: kMalformed for dims that no tensor has, kUnsupported
  /// (`memory-limit`) for one that does not fit.
  [[nodiscard]] model::Result<Tensor> allocate(model::DataType dtype, Dims dims,
                                               Contents contents = Contents::kZeros) const;
  /// Room for so many bytes that are in no tensor, as long as the result is held; nothing if it is not there.
  [[nodiscard]] std::shared_ptr<void> set_aside(double bytes) const;

 private:
  class Account;
  std::shared_ptr<Account> account_;  // outlives the run: outputs are credited when the caller drops them
};

}  // namespace padproof::verifier
