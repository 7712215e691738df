// SPDX-License-Identifier: Apache-2.0
// What a project asks of its models, as TOML:
//
//   fail-on = "warning"                  # the least severity that breaks the gate; error unless told
//   [rules]
//   asymmetric-pads = "error"            # off, note, warning or error
//   [[suppress]]
//   rule = "odd-stride-pads"
//   node = "stem/*"                      # a pattern; any node unless told
//   model = "legacy/*.onnx"              # a pattern for the path or its end; any model unless told
//   reason = "trained with these pads"   # not optional
//   [baseline]
//   max-relative = 1e-3                  # of the outputs' largest value
//   min-top1 = 1.0                       # part of the rows whose best class stays
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "verifier/gate/finding.h"

namespace padproof::verifier {

struct Suppression {
  std::string rule;
  std::string node = "*";
  std::string model = "*";
  std::string reason;
  std::int64_t line = 0;  // in the policy

  [[nodiscard]] bool is_about(const std::string& model_path) const;
};

struct Policy {
  Severity fail_on = Severity::kError;
  std::map<std::string, Severity, std::less<>> severities;  // of rules, where they are not the usual ones
  std::vector<Suppression> suppressions;
  double max_relative = 1e-3;
  double min_top1 = 1.0;

  /// Of a rule that exists.
  [[nodiscard]] Severity severity_of(std::string_view rule) const;
};

/// An error for what is not TOML, for unknown keys and rules, and for a suppression without a reason.
model::Result<Policy> read_policy(const std::string& path);

/// Sets severities; takes out findings of rules that are off and marks those that are suppressed. `used`
/// counts what each suppression took, one entry for each.
void apply(const Policy& policy, const std::string& model_path, std::vector<Finding>& findings,
           std::vector<std::size_t>& used);

}  // namespace padproof::verifier
