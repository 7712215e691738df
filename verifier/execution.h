// SPDX-License-Identifier: Apache-2.0
// Runs both models on the reference engine over the same inputs and compares the outputs bit for bit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/facts.h"
#include "verifier/constant_comparison.h"
#include "verifier/engine/executor.h"
#include "verifier/value_difference.h"

namespace padproof::verifier {

enum class Outcome {
  kNotAsked,
  kNotRun,     ///< the engine cannot run one of the models; `reason` says why
  kIdentical,  ///< every output of every sample, bit for bit
  kDifferent,
};

struct Execution {
  Outcome outcome = Outcome::kNotAsked;
  std::int64_t samples = 0;  // run to the end
  std::uint64_t seed = 0;    // of the first sample; of the differing one if they differ
  std::string reason;
  bool reached_limit = false;  // of time, operations or memory: why it was not run
  std::optional<ValueDifference>
      first;                       // the first value of the target that differs from the source's, if found
  std::string output;              // the first output that differs, and how
  bool has_nan = false;            // an output holds NaN: equal bits then say less
  std::size_t nodes_run_once = 0;  // of the target's, in the last sample: the source's values were taken
  std::size_t nodes_run_twice = 0;
};

struct ExecutionOptions {
  std::int64_t samples = 1;
  std::uint64_t seed = 0;
  std::optional<NamedTensors> inputs;  // instead of seeded ones
  ExecuteOptions engine;
};

/// What `constants` has compared is not compared again. Sizes for extents that are only known by name are
/// chosen per sample: 1, 2, ... for the first axis, 64 for others.
Execution execute_both(const model::Model& source, const model::GraphInstance& source_facts,
                       const model::Model& target, const ExecutionOptions& options,
                       ConstantComparison* constants = nullptr);

/// Seeded inputs for the model's graph inputs that have no default. kUnsupported if a rank or type is
/// unknown. `sizes` of open extents by their symbols; others are chosen.
model::Result<NamedTensors> make_inputs(const model::GraphInstance& facts, std::uint64_t seed,
                                        std::int64_t batch, std::map<std::string, std::int64_t> sizes = {},
                                        const ExecuteOptions& limits = {});

}  // namespace padproof::verifier
