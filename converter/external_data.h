// SPDX-License-Identifier: Apache-2.0
// The side files that a model's external tensors live in: they go where the model goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "converter/publish.h"
#include "model/graph.h"
#include "model/result.h"

namespace padproof::converter {

/// Locations named by the model's external tensors, each once, sorted. An error for one that could lead out
/// of the model's folder: absolute, with a `..`, or empty (compare CVE-2022-25882, CVE-2024-27318).
model::Result<std::vector<std::string>> external_locations(const model::Model& model);

/// A side file where the target has it.
struct ExternalFile {
  std::string location;  // as the model writes it
  std::uint64_t bytes = 0;
  std::string sha256;  // empty where it is the source's own file, under one name or two, or nobody asked
};

struct CarryOptions {
  bool link = false;  // a second name for the file, where the file system can
  bool wants_digests = false;
  PageCache cache = PageCache::kKeep;
  /// Asked about each location and the source's file before it is looked at where the target has it: an error
  /// keeps it from there. Empty: none.
  std::function<model::Result<void>(const std::string& location, const std::filesystem::path& from)> claim;
  /// Whether a file with other contents may be replaced. Empty: never.
  std::function<model::Result<void>(const std::string& location, const std::filesystem::path& from)>
      may_replace;
  std::string root;  // no folder outside of it is written into; empty: the target's own folder
};

/// Copies the side files from the folder of `source_path` to that of `target_path`, each whole or not at all.
/// What stands there already is left as it is if it has the same bytes, and replaced only if `may_replace`
/// says so; otherwise that is an error, as is a side file that `target_path` itself would replace. An error
/// too if a file, symbolic links followed, lies outside the source's folder or is not a regular one.
model::Result<std::vector<ExternalFile>> carry_external_data(const model::Model& model,
                                                             const std::string& source_path,
                                                             const std::string& target_path,
                                                             const CarryOptions& options = {});

}  // namespace padproof::converter
