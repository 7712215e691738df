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

/// `flops-limit` if `more` are more than are left.
model::Result<void> check_operations(const Operations& operations, double more);

/// Counts what one execution has taken.
class WorkMeter {
 public:
  explicit WorkMeter(const WorkLimit& limit)  // which must outlive it
      : limit_(limit), operations_{0, limit.operations} {}

  /// Runs the kernel. `flops-limit` if its operations, as operations_of() counts them, are more than are
  /// left, before it is begun; if its outputs are, before they are made. `timeout` if no machine does so much
  /// until the deadline, and for whatever has come out once that has passed: it may be cut off.
  model::Result<void> run(const Operator& op, KernelContext& context);
  /// Counts what is no kernel's: a node that runs others, a turn of a loop.
  model::Result<void> spend(double operations);

 private:
  [[nodiscard]] bool is_unlimited() const;
  model::Result<void> begin(KernelContext& context);
  model::Result<void> end(const KernelContext& context);

  const WorkLimit& limit_;
  Operations operations_;
};

/// Calls `work` from the calling thread. Past the deadline its parallel loops end early, whatever they have
/// done so far: the caller must not use the results without asking model::check_deadline().
void run_until(const model::Deadline& deadline, const std::function<void()>& work);

}  // namespace padproof::verifier
