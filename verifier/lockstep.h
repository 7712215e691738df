// SPDX-License-Identifier: Apache-2.0
// Runs two models side by side and compares their values as they come.
//
// A node of the target whose counterpart in the source is the same operator on bit-identical operands is not
// run again: its outputs are the source's. For a window the numbers count that its attributes resolve to at
// these extents, not how they are written. What remains is run on both sides and compared; where the bits are
// the same the target goes on with the source's tensor, so that memory stays that of one run and of the
// values that differ.
#pragma once

#include <optional>

#include "verifier/constant_comparison.h"
#include "verifier/engine/executor.h"
#include "verifier/value_difference.h"

namespace padproof::verifier {

struct LockstepRun {
  NamedTensors source;  // outputs
  NamedTensors target;
  std::optional<ValueDifference> first;  // the first value of the target, in its order, that differs
  std::size_t nodes_run_once = 0;        // of the target's
  std::size_t nodes_run_twice = 0;
};

/// What `constants` has compared is not compared again. `options.on_value` is not called. The models must
/// outlive the call alone.
model::Result<LockstepRun> run_in_lockstep(const model::Model& source, const model::Model& target,
                                           const NamedTensors& inputs, const ExecuteOptions& options,
                                           ConstantComparison* constants = nullptr);

}  // namespace padproof::verifier
