// SPDX-License-Identifier: Apache-2.0
// One renderer per format, all over the same message.
#pragma once

#include <string>

#include "report/build.h"

namespace padproof::report {

struct RenderOptions {
  bool color = false;          // text
  bool quiet = false;          // text and Markdown: the closing lines only
  bool allow_unknown = false;  // JUnit: a verdict of unknown fails nothing
};

/// For people: an aligned table per model, what changed, one closing line with the verdict.
std::string render_text(const Message& report, const RenderOptions& options);

/// GitHub's, for comments and summaries.
std::string render_markdown(const Message& report, const RenderOptions& options);

/// The canonical JSON mapping, field names as in report.proto, every field present, one trailing newline.
std::string render_json(const Message& report, const RenderOptions& options);

/// A page of its own that needs no network, with drawings where a script may run.
std::string render_html(const Message& report, const RenderOptions& options);

/// SARIF 2.1.0, for code scanning.
std::string render_sarif(const Message& report, const RenderOptions& options);

/// JUnit's XML, for CI servers.
std::string render_junit(const Message& report, const RenderOptions& options);

/// Annotations as workflow commands of GitHub Actions, and a line with the verdict of each model.
std::string render_github(const Message& report, const RenderOptions& options);

}  // namespace padproof::report
