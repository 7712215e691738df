// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_options.h"

#include <fmt/format.h>

#include <CLI/Validators.hpp>
#include <vector>

namespace padproof::cli {
namespace {

// A hundred days: what is added to the clock must stay a time.
constexpr double kMostSeconds = 8'640'000;

}  // namespace

void add_engine_options(CLI::App& command, EngineOptions& options) {
  command
      .add_option("--threads", options.threads, "Threads of one execution; 0: all cores. Never changes a bit")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      .add_option("--timeout", options.timeout_seconds,
                  "Seconds that one model may take; beyond, its verdict is unknown")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, kMostSeconds));
  command
      .add_option("--max-flops", options.max_flops,
                  "Operations that one execution may take, as 2e12; beyond, the verdict is unknown")
      ->type_name("N")
      ->check(CLI::Range(1.0, std::numeric_limits<double>::max()));
  command
      .add_option("--max-memory", options.max_memory_bytes,
                  "Bytes that the values of an execution may take, as 4gb; 16gb unless told")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false));
}

std::string limits_text(const EngineOptions& options) {
  const EngineOptions usual;
  std::vector<std::string> given;
  if (options.timeout_seconds > 0) given.push_back(fmt::format("timeout={}", options.timeout_seconds));
  if (options.max_flops < usual.max_flops) given.push_back(fmt::format("max-flops={}", options.max_flops));
  if (options.max_memory_bytes != usual.max_memory_bytes)
    given.push_back(fmt::format("max-memory={}", options.max_memory_bytes));
  return fmt::format("{}", fmt::join(given, " "));
}

model::Deadline deadline_from_now(const EngineOptions& options) {
  if (options.timeout_seconds <= 0) return std::nullopt;
  const std::chrono::duration<double> allowed(options.timeout_seconds);
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(allowed);
}

verifier::ExecuteOptions engine_for(const EngineOptions& options, const model::Deadline& deadline) {
  verifier::ExecuteOptions engine;
  engine.threads = options.threads;
  engine.memory_limit_bytes = options.max_memory_bytes;
  engine.limit = {options.max_flops, deadline};
  return engine;
}

}  // namespace padproof::cli
