// SPDX-License-Identifier: Apache-2.0
// How far a batch has come: a bar on a terminal, a line now and then elsewhere; on standard error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "cli/options.h"
#include "report/progress.h"

namespace padproof::cli {

class BatchProgress {
 public:
  BatchProgress(const report::BatchAmount& all, const CommonOptions& options);
  BatchProgress(const BatchProgress&) = delete;
  BatchProgress& operator=(const BatchProgress&) = delete;
  ~BatchProgress() { finish(); }

  /// One more; from any thread.
  void add(std::uint64_t bytes, bool failed);
  /// One of them has failed after all.
  void add_failure();
  /// Leaves an empty line behind.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void show(double seconds);

  report::BatchAmount all_;
  bool is_wanted_;
  bool is_terminal_;
  std::mutex mutex_;
  report::BatchAmount done_;
  std::size_t failures_ = 0;
  Clock::time_point begin_;
  Clock::time_point next_;
  bool is_shown_ = false;
};

}  // namespace padproof::cli
