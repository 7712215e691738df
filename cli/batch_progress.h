// SPDX-License-Identifier: Apache-2.0
// How far a batch has come: a bar on a terminal, a line now and then elsewhere; on standard error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "cli/options.h"

namespace padproof::cli {

/// What is done, or what there is.
struct BatchAmount {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

/// `312 of 2000 models, 1.56 of 10.0 GB, 812 MB/s, 12 s left, 1 failed`.
std::string progress_text(const BatchAmount& done, const BatchAmount& all, double seconds,
                          std::size_t failures);

class BatchProgress {
 public:
  BatchProgress(const BatchAmount& all, const CommonOptions& options);
  BatchProgress(const BatchProgress&) = delete;
  BatchProgress& operator=(const BatchProgress&) = delete;
  /// Leaves an empty line behind.
  ~BatchProgress();

  /// One more; from any thread.
  void add(std::uint64_t bytes, bool failed);

 private:
  using Clock = std::chrono::steady_clock;
  void show(double seconds);

  BatchAmount all_;
  bool is_wanted_;
  bool is_terminal_;
  std::mutex mutex_;
  BatchAmount done_;
  std::size_t failures_ = 0;
  Clock::time_point begin_;
  Clock::time_point next_;
  bool is_shown_ = false;
};

}  // namespace padproof::cli
