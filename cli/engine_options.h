// SPDX-License-Identifier: Apache-2.0
// What every command takes that executes models: threads, and what an execution may cost.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "model/deadline.h"
#include "verifier/engine/executor.h"

namespace padproof::cli {

struct EngineOptions {
  int threads = 0;
  double timeout_seconds = 0;  // 0: none
  double max_flops = std::numeric_limits<double>::infinity();
  std::uint64_t max_memory_bytes = verifier::ExecuteOptions().memory_limit_bytes;
};

/// Adds --threads, --timeout, --max-flops and --max-memory.
void add_engine_options(CLI::App& command, EngineOptions& options);

/// The limits that were given, `timeout=60 max-flops=1e+12`; empty: none.
std::string limits_text(const EngineOptions& options);

/// The deadline of a model that is begun now.
model::Deadline deadline_from_now(const EngineOptions& options);

/// For the executions of a model.
verifier::ExecuteOptions engine_for(const EngineOptions& options, const model::Deadline& deadline);

}  // namespace padproof::cli
