// SPDX-License-Identifier: Apache-2.0
// `padproof convert --out-dir` and `--in-place`: many models, some at once, none kept from its output by
// another.
//
// Models are worked on in groups of at most a hundred or so: written under temporary names, flushed to the
// disk together, named, then recorded in the manifest. A run that is cut off anywhere leaves whole files, and
// a manifest that claims nothing which is not there; the next run does the rest.
#pragma once

#include "cli/conversion.h"

namespace padproof::cli {

/// Returns the exit code.
int convert_batch(const ConvertOptions& options);

/// --merge-manifests.
int merge_manifests(const ConvertOptions& options);

}  // namespace padproof::cli
