// SPDX-License-Identifier: Apache-2.0
// Findings that a project lives with until somebody mends them: a file of fingerprints, model by model.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "schemas/accepted.pb.h"
#include "verifier/gate/finding.h"

namespace padproof::verifier {

/// Of the files that are written. Version 1.0 had fingerprints without what was found.
inline constexpr std::string_view kAcceptedVersion = "1.1";

/// Whether a baseline is such a file, not a model.
bool is_accepted_file(std::string_view text);

/// An error for what is not this file's JSON: unknown fields and versions, broken fingerprints.
model::Result<schemas::Accepted> parse_accepted(std::string_view text, const std::string& path);

/// Marks new findings that the file knows of `model`, each entry once. Returns how many of them it knows by
/// rule and node alone, as files of version 1.0 do: what was found there may have changed since.
std::size_t apply(const schemas::Accepted& accepted, const std::string& model,
                  std::vector<Finding>& findings);

/// Adds what is new or known of a model, in the findings' order.
void accept(const std::string& model, const std::vector<Finding>& findings, schemas::Accepted& accepted);

std::string to_json(const schemas::Accepted& accepted);

/// What the file calls the model at `path`: from the folder of the file.
std::string name_in(const std::string& accepted_path, const std::string& path);

}  // namespace padproof::verifier
