// SPDX-License-Identifier: Apache-2.0
// Puts a rope into a file that appears whole or not at all.
#pragma once

#include <string>

#include "model/result.h"
#include "model/rope.h"

namespace padproof::converter {

/// What becomes of a file that already has the name.
enum class Existing { kReplace, kKeep };

/// Writes to a temporary file in the folder of `path`, then renames it; with kKeep an existing file is an
/// error. On any error nothing carries the name `path` that did not before, and the temporary file is gone. A
/// symbolic link at `path` is replaced, not followed.
model::Result<void> publish(const model::Rope& rope, const std::string& path,
                            Existing existing = Existing::kReplace);

/// Writes to standard output.
model::Result<void> write_standard_output(const model::Rope& rope);

}  // namespace padproof::converter
