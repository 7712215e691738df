// SPDX-License-Identifier: Apache-2.0
// The last lines of a report of several models.
#pragma once

#include <string>

#include "report/render.h"

namespace padproof::report {

/// A verdict for people. `diff` proves that both models read the same cells, not that they compute the same,
/// and `gate` that no rule is broken: `no padding difference`, `passed`.
std::string verdict_in_words(const std::string& command, const std::string& verdict);

/// Of several models: `1 error, 16 passed, 13 refuted`.
std::string counts_by_verdict(const Message& report);

/// What became of the models of a batch, and how many have which verdict. Nothing for a single model.
std::string closing_lines(const Message& report, const RenderOptions& options, bool markdown);

}  // namespace padproof::report
