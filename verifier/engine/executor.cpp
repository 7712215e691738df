// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/executor.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "verifier/engine/run.h"

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

model::Result<void> with_threads(const ExecuteOptions& options, const std::string& file,
                                 const std::function<model::Result<void>()>& work) {
  const auto fail = [&](model::Diagnostic diagnostic) {
    diagnostic.where.file = file;
    return model::Error(std::move(diagnostic));
  };
  const int threads = options.oracle ? 1 : available_threads(options.threads);
  std::optional<tbb::global_control> more_than_cores;
  if (threads > tbb::this_task_arena::max_concurrency())
    more_than_cores.emplace(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(threads);
  try {
    model::Result<void> done;
    arena.execute([&] { run_until(options.limit.deadline, [&] { done = work(); }); });
    if (!done) return fail(done.error());
    // Loops that were cut off leave no results.
    if (auto left = model::check_deadline(options.limit.deadline); !left) return fail(left.error());
    return done;
  } catch (const std::bad_alloc&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  } catch (const std::length_error&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  }
}

Session::Session(const model::Model& model, const ExecuteOptions& options)
    : model_(model), options_(options), memory_(std::make_unique<MemoryBudget>(options.memory_limit_bytes)) {}

Session::~Session() = default;

model::Result<NamedTensors> Session::run(const NamedTensors& inputs) {
  NamedTensors named;
  const auto done = with_threads(options_, model_.file, [&]() -> model::Result<void> {
    auto outputs = ModelRun(model_, options_, *memory_).run_main(inputs);
    if (!outputs) return model::Error(outputs.error());
    for (std::size_t i = 0; i < outputs->size(); ++i)
      named.emplace(model_.graph->outputs[i].name, std::move((*outputs)[i]));
    return {};
  });
  if (!done) return model::Error(done.error());
  return named;
}

model::Result<NamedTensors> execute(const model::Model& model, const NamedTensors& inputs,
                                    const ExecuteOptions& options) {
  return Session(model, options).run(inputs);
}

}  // namespace padproof::verifier
