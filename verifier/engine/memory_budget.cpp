// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/memory_budget.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "verifier/engine/in_time.h"

namespace padproof::verifier {
namespace {

// A cache line, and the widest vector.
constexpr std::uint64_t kAlignment = 64;
// Smaller blocks are as quickly had from the library, and need not be kept.
constexpr std::uint64_t kLeastKept = 1U << 12U;
constexpr std::uint64_t kHugePage = 1U << 21U;
// Of smaller blocks, too much of a huge page would stay empty.
constexpr std::uint64_t kLeastHuge = kHugePage / 2;
// What may wait to be used again, however little is in use.
constexpr std::uint64_t kAlwaysKept = 1U << 27U;

}  // namespace

class MemoryBudget::Account {
 public:
  struct Block {
    void* memory = nullptr;  // as the library gave it
    std::uint64_t size = 0;  // usable from the first aligned address on
    [[nodiscard]] std::byte* first() const {
      const std::uint64_t beyond = reinterpret_cast<std::uintptr_t>(memory) % kAlignment;
      return static_cast<std::byte*>(memory) + (kAlignment - beyond) % kAlignment;
    }
  };

  explicit Account(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  ~Account() {
    for (const auto& [size, block] : waiting_) std::free(block.memory);
  }

  [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }

  /// A block of at least `size` bytes; without memory if the limit or the machine has no room.
  Block take(std::uint64_t size, Contents contents) {
    const std::lock_guard lock(mutex_);
    if (used_bytes_ > limit_bytes_ - size) return {};
    Block block = take_waiting(size);
    if (block.memory != nullptr) {
      if (contents == Contents::kZeros) fill_in_time(block.first(), 0, size);
    } else {
      block = fresh(size, contents);
    }
    if (block.memory == nullptr) return {};
    used_bytes_ += block.size;
    return block;
  }

  bool set_aside(std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    if (size > limit_bytes_ || used_bytes_ > limit_bytes_ - size) return false;
    used_bytes_ += size;
    return true;
  }

  void release(std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    used_bytes_ -= size;
  }

  void give_back(const Block& block) {
    const std::lock_guard lock(mutex_);
    used_bytes_ -= block.size;
    if (block.size < kLeastKept || waiting_bytes_ + block.size > std::max(used_bytes_, kAlwaysKept))
      return std::free(block.memory);
    waiting_bytes_ += block.size;
    waiting_.emplace(block.size, block);
  }

 private:
  // The smallest that is large enough and not wastefully so.
  Block take_waiting(std::uint64_t size) {
    auto found = waiting_.lower_bound(size);
    if (found == waiting_.end() || found->first > 2 * size || used_bytes_ > limit_bytes_ - found->first)
      return {};
    // Of several the one that came back last: it may still be in a cache.
    found = std::prev(waiting_.upper_bound(found->first));
    const Block block = found->second;
    waiting_bytes_ -= block.size;
    waiting_.erase(found);
    return block;
  }

  // calloc: large blocks come as untouched zero pages.
  static Block fresh(std::uint64_t size, Contents contents) {
    if (contents == Contents::kZeros) return {std::calloc(size + kAlignment, 1), size};
    if (size < kLeastHuge) return {std::malloc(size + kAlignment), size};
    const std::uint64_t whole = (size + kHugePage - 1) / kHugePage * kHugePage;
    const Block block{std::aligned_alloc(kHugePage, whole), size};
#ifdef MADV_HUGEPAGE
    // A wish: without it each 4 KiB are a page fault of their own.
    if (block.memory != nullptr) madvise(block.memory, whole, MADV_HUGEPAGE);
#endif
    return block;
  }

  std::mutex mutex_;
  const std::uint64_t limit_bytes_;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t waiting_bytes_ = 0;
  std::multimap<std::uint64_t, Block> waiting_;
};

MemoryBudget::MemoryBudget(std::uint64_t limit_bytes) : account_(std::make_shared<Account>(limit_bytes)) {}

model::Result<Tensor> MemoryBudget::allocate(model::DataType dtype, Dims dims, Contents contents) const {
  const auto count = count_elements(dims);
  if (!count) return model::Error(count.error());
  const std::uint64_t unit = element_bytes(dtype);
  if (unit == 0)
    return model::unsupported("tensor-type", "the engine cannot hold this element type",
                              model::to_string(dtype));
  const std::uint64_t limit = account_->limit_bytes();
  const auto refuse = [&] {
    return model::unsupported("memory-limit", "tensor does not fit the memory limit", to_string(dims),
                              std::to_string(limit) + " bytes");
  };
  if (static_cast<std::uint64_t>(*count) > limit / unit) return refuse();
  const Account::Block block = account_->take(static_cast<std::uint64_t>(*count) * unit, contents);
  if (block.memory == nullptr) return refuse();
  std::shared_ptr<std::byte[]> storage(
      block.first(), [account = account_, block](std::byte*) { account->give_back(block); });
  return Tensor(dtype, std::move(dims), std::move(storage));
}

std::shared_ptr<void> MemoryBudget::set_aside(double bytes) const {
  if (!(bytes <= static_cast<double>(account_->limit_bytes()))) return nullptr;
  const auto size = static_cast<std::uint64_t>(bytes);
  if (!account_->set_aside(size)) return nullptr;
  // Never null, and points at nothing.
  return {account_.get(), [account = account_, size](void*) { account->release(size); }};
}

}  // namespace padproof::verifier
