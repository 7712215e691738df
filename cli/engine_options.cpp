// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_options.h"

#include <fmt/format.h>

#include <CLI/Validators.hpp>
#include <cctype>
#include <charconv>
#include <vector>

#include "model/result.h"

namespace padproof::cli {
namespace {

/// A number from `least` to `most`, which not-a-number is not.
CLI::Validator number_between(double least, double most) {
  return {[=](std::string& text) -> std::string {
            double value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool is_whole = error == std::errc{} && end == text.data() + text.size();
            if (is_whole && value >= least && value <= most) return {};
            return fmt::format("'{}' is not a number from {} to {}", model::printable(text), least, most);
          },
          fmt::format("FLOAT in [{} - {}]", least, most)};
}

/// The digits before the unit, if there is one. Conversions take a sign, and what is too large for the
/// largest.
std::string check_digits(std::string& text) {
  const char* const end = text.data() + text.size();
  std::uint64_t value = 0;
  const auto [unit, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && (unit == end || std::isdigit(static_cast<unsigned char>(*unit)) == 0))
    return {};
  return fmt::format("'{}' is not a size from 0 to 2^64 - 1 bytes, as 4gb", model::printable(text));
}

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
      ->check(number_between(0.001, kMostSeconds));
  command
      .add_option("--max-flops", options.max_flops,
                  "Operations that one execution may take, as 2e12; beyond, the verdict is unknown")
      ->type_name("N")
      ->check(number_between(1, std::numeric_limits<double>::max()));
  command
      .add_option("--max-memory", options.max_memory_bytes,
                  "Bytes that the values of an execution may take, as 4gb; 16gb unless told")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false))
      ->transform(CLI::Validator(check_digits, ""));  // comes first
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
