// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/memory_budget.h"

#include <atomic>
#include <cstdlib>

namespace padproof::verifier {

struct MemoryBudget::Account {
  std::uint64_t limit_bytes;
  std::atomic<std::uint64_t> used_bytes = 0;
};

MemoryBudget::MemoryBudget(std::uint64_t limit_bytes) : account_(new Account{limit_bytes, 0}) {}

model::Result<Tensor> MemoryBudget::allocate(model::DataType dtype, Dims dims) const {
  const auto count = count_elements(dims);
  if (!count) return model::Error(count.error());
  const std::uint64_t unit = element_bytes(dtype);
  if (unit == 0)
    return model::unsupported("tensor-type", "the engine cannot hold this element type",
                              model::to_string(dtype));
  const auto refuse = [&] {
    return model::unsupported("memory-limit", "tensor does not fit the memory limit", to_string(dims),
                              std::to_string(account_->limit_bytes) + " bytes");
  };
  if (static_cast<std::uint64_t>(*count) > account_->limit_bytes / unit) return refuse();
  const std::uint64_t size = static_cast<std::uint64_t>(*count) * unit;
  if (account_->used_bytes.fetch_add(size) > account_->limit_bytes - size) {
    account_->used_bytes.fetch_sub(size);
    return refuse();
  }
  // One byte more, so that an empty tensor has an address.
  auto* const block = static_cast<std::byte*>(std::calloc(size + 1, 1));
  if (block == nullptr) {
    account_->used_bytes.fetch_sub(size);
    return refuse();
  }
  std::shared_ptr<std::byte[]> storage(block, [account = account_, size](std::byte* memory) {
    std::free(memory);
    account->used_bytes.fetch_sub(size);
  });
  return Tensor(dtype, std::move(dims), std::move(storage));
}

}  // namespace padproof::verifier
