// SPDX-License-Identifier: Apache-2.0
// --expected, --atol, --rtol: another engine's values, and what may lie between them and the model's.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "model/graph.h"
#include "schemas/report.pb.h"
#include "verifier/rounding/compare.h"

namespace padproof::cli {

struct ExpectedOptions {
  std::string path;  // empty: nothing is expected
  std::optional<double> absolute;
  std::optional<double> relative;

  [[nodiscard]] bool is_asked() const { return !path.empty(); }
};

/// Adds the options; returns --expected.
CLI::Option* add_expected(CLI::App& command, ExpectedOptions& options);

/// Compares by the rounding bound or, if one was given, by the tolerance. `reference`: the engine's outputs.
/// Within the limits of an execution.
model::Result<verifier::Comparison> compare(const ExpectedOptions& options, const model::Model& model,
                                            const verifier::NamedTensors& inputs,
                                            const verifier::NamedTensors& expected,
                                            const verifier::NamedTensors& reference,
                                            const verifier::ExecuteOptions& limits);

/// Adds the comparison to the report and to its verdict: beyond refutes, unknown keeps it from being proved.
void conclude_comparison(schemas::Model& message, std::string_view subject,
                         const verifier::Comparison& comparison);

}  // namespace padproof::cli
