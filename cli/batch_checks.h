// SPDX-License-Identifier: Apache-2.0
// That the reports and the manifest of a batch take the place of nothing else.
#pragma once

#include "cli/batch_work.h"
#include "cli/conversion.h"
#include "model/result.h"

namespace padproof::cli {

/// Files that the command writes must be different ones.
model::Result<void> check_batch_files(const ConvertOptions& options);

/// Nor may one of them be a model that is read or written.
model::Result<void> check_batch_files(const ConvertOptions& options, const BatchWork& work);

}  // namespace padproof::cli
