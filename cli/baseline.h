// SPDX-License-Identifier: Apache-2.0
// What `gate` holds models to: the last good exports, and findings that are accepted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/inputs.h"
#include "verifier/gate/accepted.h"

namespace padproof::cli {

struct Baseline {
  std::string exports;  // a model, or a folder with models of the same names; empty: none
  bool is_folder = false;
  std::string accepted_path;  // empty: none
  schemas::Accepted accepted;
};

/// Tells them apart by what the files hold. At most one of each kind; a single model is no baseline for
/// several.
model::Result<Baseline> read_baseline(const std::vector<std::string>& paths,
                                      const std::vector<InputFile>& models);

/// An error if the file of accepted findings at `path` would replace one of the files that are `read`.
model::Result<void> check_replaces_nothing(const std::string& path, const std::vector<std::string>& read);

/// Writes a file of accepted findings, or nothing.
model::Result<void> write_accepted(schemas::Accepted accepted, const std::string& path);

/// An error if two models would be held to one export.
model::Result<void> check_pairs(const Baseline& baseline, const std::vector<InputFile>& models);

/// The export that a model is held to; empty if there is none.
std::string export_for(const Baseline& baseline, const InputFile& model);

}  // namespace padproof::cli
