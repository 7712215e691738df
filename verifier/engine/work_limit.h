// SPDX-License-Identifier: Apache-2.0
// How long an execution may take: operations are counted before a node starts, time is watched while it runs.
#pragma once

#include <functional>
#include <limits>

#include "model/deadline.h"
#include "model/result.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier {

struct WorkLimit {
  double operations = std::numeric_limits<double>::infinity();  ///< of one execution of one model
  model::Deadline deadline;
};

/// Whether an error says that a limit was reached, of time, operations or memory: nothing is known then of
/// what the rest would have shown.
bool is_limit(const model::Diagnostic& diagnostic);

/// Counts what one execution has taken.
class WorkMeter {
 public:
  explicit WorkMeter(const WorkLimit& limit) : limit_(limit) {}  // which must outlive it

  /// Before a kernel: an error (`flops-limit`) if its operations, as operations_of() counts them, are more
  /// than are left, or (`timeout`) than any machine does until the deadline.
  model::Result<void> begin(const KernelContext& context);
  /// After it: what it made is counted too, and useless if the deadline has passed.
  model::Result<void> end(const KernelContext& context);

 private:
  [[nodiscard]] bool is_unlimited() const;
  model::Result<void> spend(double operations);

  const WorkLimit& limit_;
  double spent_ = 0;
};

/// Calls `work` from the calling thread. Past the deadline its parallel loops end early, whatever they have
/// done so far: the caller must not use the results without asking model::check_deadline().
void run_until(const model::Deadline& deadline, const std::function<void()>& work);

}  // namespace padproof::verifier
