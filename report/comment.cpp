// SPDX-License-Identifier: Apache-2.0
#include "report/comment.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::report {
namespace {

// For the line that says what is left out.
constexpr std::size_t kClosing = 100;

}  // namespace

std::string join_sections(std::vector<Section> sections, std::size_t most) {
  std::size_t all = 0;
  for (const Section& section : sections) all += section.text.size() + 1;
  if (all > most)
    std::stable_partition(sections.begin(), sections.end(),
                          [](const Section& section) { return section.fails; });
  const std::size_t room = all > most ? most - std::min(most, kClosing) : all;
  std::string out;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::string text = (out.empty() ? "" : "\n") + sections[i].text;
    if (out.size() + text.size() <= room) {
      out += text;
      continue;
    }
    const std::size_t end = text.rfind('\n', room - out.size());
    if (end != std::string::npos) out += text.substr(0, end + 1);
    const std::size_t left = sections.size() - i - 1;
    out += left == 0 ? "\nThe rest is in the text report.\n"
                     : fmt::format("\nThe rest, and {} more models, are in the text report.\n", left);
    break;
  }
  return out;
}

}  // namespace padproof::report
