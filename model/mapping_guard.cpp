// SPDX-License-Identifier: Apache-2.0
#include "model/mapping_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace padproof::model {

/// Read by a signal handler at any time: atomic, linked once, and never freed but used again.
class GuardedMapping::Entry {
 public:
  std::atomic<std::uintptr_t> begin = 0;  // equal to end: not in use
  std::atomic<std::uintptr_t> end = 0;
  std::atomic<bool> has_lost_pages = false;
  Entry* next = nullptr;
  Entry* next_unused = nullptr;
};

namespace {

using Entry = GuardedMapping::Entry;

struct Entries {
  std::mutex mutex;
  Entry* unused = nullptr;  // linked, for giving one back must not fail
};

// A handler must not meet a static that is being made, nor one that is gone.
std::atomic<Entry*> first_entry = nullptr;
static_assert(std::atomic<Entry*>::is_always_lock_free && std::atomic<std::uintptr_t>::is_always_lock_free);
std::uintptr_t page_bytes = 4096;
struct sigaction action_before;

Entries& entries() {
  static auto* const kAll = new Entries;
  return *kAll;
}

Entry* take_entry() {
  Entries& all = entries();
  const std::lock_guard lock(all.mutex);
  if (Entry* const entry = all.unused; entry != nullptr) {
    all.unused = entry->next_unused;
    return entry;
  }
  auto* const entry = new Entry;
  entry->next = first_entry.load();
  first_entry.store(entry);
  return entry;
}

// The thread that faults is reading its mapping, so that one entry does not go while this looks at it.
Entry* entry_of(std::uintptr_t address) {
  for (Entry* entry = first_entry.load(); entry != nullptr; entry = entry->next)
    if (entry->begin.load() <= address && address < entry->end.load()) return entry;
  return nullptr;
}

// Only what a handler may do: atomics and system calls.
void on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const int error_before = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  Entry* const entry = entry_of(address);
  if (entry != nullptr) {
    entry->has_lost_pages.store(true);
    const std::uintptr_t page = address / page_bytes * page_bytes;
    // To the mapping's end: of a file that was cut short all of that is gone.
    char* const first = static_cast<char*>(info->si_addr) - (address - page);
    void* const zeros = ::mmap(first, entry->end.load() - page, PROT_READ,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    errno = error_before;
    if (zeros != MAP_FAILED) return;
  }
  // The instruction faults again, and this time nothing is in the way.
  ::sigaction(signal, &action_before, nullptr);
  errno = error_before;
}

}  // namespace

void guard_mappings() {
  static std::once_flag once;
  std::call_once(once, [] {
    page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &action_before);
  });
}

GuardedMapping::GuardedMapping(Bytes mapping) : entry_(take_entry()) {
  const auto begin = reinterpret_cast<std::uintptr_t>(mapping.data());
  entry_->has_lost_pages.store(false);
  entry_->begin.store(begin);
  entry_->end.store(begin + mapping.size());
}

GuardedMapping::~GuardedMapping() {
  entry_->end.store(0);
  entry_->begin.store(0);
  Entries& all = entries();
  const std::lock_guard lock(all.mutex);
  entry_->next_unused = all.unused;
  all.unused = entry_;
}

bool GuardedMapping::has_lost_pages() const { return entry_->has_lost_pages.load(); }

}  // namespace padproof::model
