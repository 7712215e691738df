// SPDX-License-Identifier: Apache-2.0
// The formats a report comes in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/render.h"

namespace padproof::report {

struct Format {
  std::string_view name;    // of --format
  std::string_view ending;  // of --report; empty: standard output only
  std::string (*render)(const Message& report, const RenderOptions& options);
};

/// Null for a name that is none.
const Format* format_by_name(std::string_view name);

/// By `.json` and the like; null for an ending that is none.
const Format* format_by_ending(std::string_view ending);

std::vector<std::string> format_names();

/// `.txt, .json or .md`.
std::string known_endings();

}  // namespace padproof::report
