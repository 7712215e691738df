// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <functional>
#include <optional>

namespace padproof::verifier {

/// The threads that parallel loops may use.
class ThreadTeam {
 public:
  /// `wanted`: 0 is one for each core. Where so many cannot be had there is one: a scheduler that cannot make
  /// its own ends the process.
  explicit ThreadTeam(int wanted);

  /// Runs `work`, and the loops in it with all threads.
  void run(const std::function<void()>& work) { arena_.execute(work); }

 private:
  std::optional<tbb::global_control> more_than_cores_;
  tbb::task_arena arena_;
};

}  // namespace padproof::verifier
