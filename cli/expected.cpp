// SPDX-License-Identifier: Apache-2.0
#include "cli/expected.h"

#include <charconv>
#include <cmath>

#include "report/build.h"

namespace padproof::cli {
namespace {

using model::Result;
using verifier::Agreement;
using verifier::Comparison;

std::string check_tolerance(std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && std::isfinite(value) && value >= 0)
    return {};
  return "'" + text + "' is not a number from 0 on";
}

void add_reason(schemas::Model& message, const std::string& reason) {
  message.set_reason(message.reason().empty() ? reason : message.reason() + "; " + reason);
}

}  // namespace

CLI::Option* add_expected(CLI::App& command, ExpectedOptions& options) {
  auto* expected = command
                       .add_option("--expected", options.path,
                                   "Judge by what rounding explains: FILE.npz or a folder of output_N.pb")
                       ->type_name("FILE");
  const CLI::Validator tolerance(check_tolerance, "FLOAT>=0");
  command
      .add_option("--atol", options.absolute,
                  "Instead of rounding: |computed - expected| <= A + R |expected|")
      ->type_name("A")
      ->check(tolerance)
      ->needs(expected);
  command.add_option("--rtol", options.relative, "R of --atol; the one that is not given is 0")
      ->type_name("R")
      ->check(tolerance)
      ->needs(expected);
  return expected;
}

Result<Comparison> compare(const ExpectedOptions& options, const model::Model& model,
                           const verifier::NamedTensors& inputs, const verifier::NamedTensors& expected,
                           const verifier::NamedTensors& reference, const verifier::ExecuteOptions& limits) {
  if (!options.absolute && !options.relative)
    return verifier::compare_by_bound(model, inputs, expected, reference, limits);
  return verifier::compare_by_tolerance(model, inputs, expected,
                                        {options.absolute.value_or(0), options.relative.value_or(0)}, limits);
}

void conclude_comparison(schemas::Model& message, std::string_view subject, const Comparison& comparison) {
  report::add_comparison(message, subject, comparison);
  if (comparison.agreement == Agreement::kBeyond) message.set_verdict("refuted");
  const bool is_open = message.verdict() == "none" || message.verdict() == "proved";
  if (comparison.agreement == Agreement::kUnknown && is_open) message.set_verdict("unknown");
  const bool lacks_bounds = comparison.agreement == Agreement::kUnknown && comparison.stopped.empty();
  const std::string verb = lacks_bounds ? " has " : " is ";
  const std::string who = subject == "model" ? "" : "the " + std::string(subject) + verb;
  add_reason(message, who + verifier::summary(comparison));
}

}  // namespace padproof::cli
