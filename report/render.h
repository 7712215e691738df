// SPDX-License-Identifier: Apache-2.0
// One renderer per format, all over the same message.
#pragma once

#include <string>

#include "report/build.h"

namespace padproof::report {

struct TextOptions {
  bool color = false;
  bool quiet = false;     // the closing lines only
  bool markdown = false;  // GitHub's, for comments and summaries; without colour
};

/// For people: an aligned table per model, what changed, one closing line with the verdict.
std::string render_text(const Message& report, const TextOptions& options);

/// The canonical JSON mapping, field names as in report.proto, every field present, one trailing newline.
std::string render_json(const Message& report);

}  // namespace padproof::report
