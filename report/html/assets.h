// SPDX-License-Identifier: Apache-2.0
// report.css and report.js, built in (cmake/padproof_embed.cmake).
#pragma once

#include <string_view>

namespace padproof::report {

extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;

}  // namespace padproof::report
