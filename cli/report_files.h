// SPDX-License-Identifier: Apache-2.0
// Which files --report may write.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "model/result.h"

namespace padproof::cli {

/// An error if an ending of --report is not known, or if a report would replace one of the `other` files that
/// the command reads or writes, or another report: said before any work is done. Side files of models are
/// known once these are read (cli/side_files.h).
model::Result<void> check_report_files(const CommonOptions& options, const std::vector<std::string>& other);

}  // namespace padproof::cli
