// SPDX-License-Identifier: Apache-2.0
// Folders for outputs.
#pragma once

#include <string>

#include "model/result.h"

namespace padproof::converter {

/// Whether the path is that folder or lies below it, by their text: both are normal.
bool is_below(const std::string& path, const std::string& folder);

/// Makes `folder` and those above it. An error if a symbolic link below `root` would lead out of it; an empty
/// `root` allows any. What others do to the links meanwhile is not seen.
model::Result<void> make_folder(const std::string& folder, const std::string& root);

/// An error if `file` is a symbolic link that leads out of `root`; an empty `root` allows any.
model::Result<void> check_link(const std::string& file, const std::string& root);

}  // namespace padproof::converter
