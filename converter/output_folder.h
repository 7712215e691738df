// SPDX-License-Identifier: Apache-2.0
// Folders for outputs.
#pragma once

#include <string>

#include "model/result.h"

namespace padproof::converter {

/// Whether the path is that folder or lies below it, by their text: both are normal.
bool is_below(const std::string& path, const std::string& folder);

/// Makes `folder` and those above it; with the permissions of the folder `like`, and those above with the
/// permissions of those above it, up to `root` (not without one), as cp -r does, but for what the owner may
/// do. An error if a symbolic link below `root` would lead out of it; an empty `root` allows any. What others
/// do to the links meanwhile is not seen.
model::Result<void> make_folder(const std::string& folder, const std::string& root,
                                const std::string& like = {});

/// An error if `file` is a symbolic link that leads out of `root`; an empty `root` allows any.
model::Result<void> check_link(const std::string& file, const std::string& root);

}  // namespace padproof::converter
