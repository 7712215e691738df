// SPDX-License-Identifier: Apache-2.0
// The gate in front of one model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/baseline.h"
#include "cli/engine_options.h"
#include "cli/options.h"
#include "schemas/report.pb.h"
#include "verifier/gate/policy.h"

namespace padproof::cli {

struct GateCommand {
  CommonOptions common;
  std::vector<std::string> models;
  std::vector<std::string> baselines;
  std::string policy;
  std::string write_baseline;
  bool list_rules = false;
  bool no_run = false;
  std::int64_t samples = 4;
  std::uint64_t seed = 0;
  EngineOptions engine;
};

/// What holds for all models.
struct Gate {
  const GateCommand& options;
  model::InferenceOptions inference;
  verifier::Policy policy;
  Baseline baseline;
};

/// What is left of one model when it is closed.
struct Outcome {
  std::vector<std::size_t> suppressed;  // how many findings, for each suppression of the policy
  schemas::Accepted accepted;
  std::size_t known_by_place = 0;  // findings that the file of accepted ones knows without what was found
};

/// Fills `message`. An error if the model or its baseline cannot be read or worked on.
model::Result<void> judge(const Gate& gate, const InputFile& input, schemas::Model& message,
                          Outcome& outcome);

}  // namespace padproof::cli
