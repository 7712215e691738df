// SPDX-License-Identifier: Apache-2.0
// How far an execution has come, on a terminal, where it takes long enough for somebody to wonder.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "cli/options.h"

namespace padproof::cli {

class Progress {
 public:
  /// Says nothing unless standard error is a terminal and `options` are not quiet.
  Progress(std::string what, const CommonOptions& options);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Leaves an empty line behind.
  ~Progress();

  void show(std::size_t done, std::size_t all);

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  bool is_wanted_;
  bool is_shown_ = false;
  Clock::time_point next_;
};

}  // namespace padproof::cli
