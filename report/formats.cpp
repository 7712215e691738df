// SPDX-License-Identifier: Apache-2.0
#include "report/formats.h"

#include <algorithm>
#include <array>

namespace padproof::report {
namespace {

constexpr std::array kFormats = {
    Format{"text", ".txt", render_text},        Format{"json", ".json", render_json},
    Format{"markdown", ".md", render_markdown}, Format{"html", ".html", render_html},
    Format{"sarif", ".sarif", render_sarif},    Format{"junit", ".xml", render_junit},
    Format{"github", "", render_github},
};

const Format* find(std::string_view Format::*key, std::string_view wanted) {
  const auto* const found = std::find_if(kFormats.begin(), kFormats.end(),
                                         [&](const Format& format) { return format.*key == wanted; });
  return wanted.empty() || found == kFormats.end() ? nullptr : found;
}

}  // namespace

const Format* format_by_name(std::string_view name) { return find(&Format::name, name); }

const Format* format_by_ending(std::string_view ending) { return find(&Format::ending, ending); }

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  names.reserve(kFormats.size());
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

std::string known_endings() {
  std::vector<std::string> endings;
  endings.reserve(kFormats.size());
  for (const Format& format : kFormats)
    if (!format.ending.empty()) endings.emplace_back(format.ending);
  std::string text;
  for (std::size_t i = 0; i < endings.size(); ++i)
    text += (i == 0 ? "" : i + 1 == endings.size() ? " or " : ", ") + endings[i];
  return text;
}

}  // namespace padproof::report
