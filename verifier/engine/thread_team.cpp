// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/thread_team.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace padproof::verifier {
namespace {

// More never help, and each takes megabytes of address space.
constexpr int kMostThreads = 64;

/// Whether so many threads can be had at once.
bool can_have(int wanted) {
  std::vector<std::thread> threads;
  std::latch all_tried(1);
  bool all = true;
  try {
    threads.reserve(static_cast<std::size_t>(wanted));
    while (static_cast<int>(threads.size()) < wanted) threads.emplace_back([&] { all_tried.wait(); });
  } catch (const std::system_error&) {
    all = false;
  } catch (const std::bad_alloc&) {
    all = false;
  }
  all_tried.count_down();
  for (std::thread& thread : threads) thread.join();
  return all;
}

/// What is wanted, or one thread where that cannot be had: a scheduler that cannot make its own ends the
/// process.
int available_threads(int wanted) {
  static std::atomic<int> had = 1;  // the scheduler keeps what it has made
  if (wanted == 0) wanted = tbb::this_task_arena::max_concurrency();
  wanted = std::min(wanted, std::max(kMostThreads, tbb::this_task_arena::max_concurrency()));
  if (wanted <= had) return wanted;
  if (!can_have(wanted - 1)) return 1;
  had = wanted;
  return wanted;
}

}  // namespace

ThreadTeam::ThreadTeam(int wanted) : arena_(available_threads(wanted)) {
  if (const int size = arena_.max_concurrency(); size > tbb::this_task_arena::max_concurrency())
    more_than_cores_.emplace(tbb::global_control::max_allowed_parallelism, size);
}

}  // namespace padproof::verifier
