// SPDX-License-Identifier: Apache-2.0
// What every command takes.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "model/inference.h"
#include "model/result.h"

namespace padproof::cli {

struct CommonOptions {
  std::string format = "text";
  std::vector<std::string> reports;  // the format by the ending
  int jobs = 1;
  bool quiet = false;
  bool allow_unknown = false;
  std::string color = "auto";
  std::vector<std::string> input_shapes;  // NAME=1x3x224x224
  std::vector<std::string> assumptions;   // H%32=0
};

/// Adds the options to a subcommand.
void add_common_options(CLI::App& command, CommonOptions& options);

/// Adds --seed.
CLI::Option* add_seed(CLI::App& command, std::uint64_t& seed, const std::string& description);

/// `NAME=1x3xHxW` entries as shapes by name, where a dimension is a number >= 0, a symbol or `?`, and
/// `H%32=0` entries as assumptions.
model::Result<model::InferenceOptions> inference_options(const CommonOptions& options);

}  // namespace padproof::cli
