// SPDX-License-Identifier: Apache-2.0
#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::report {
namespace {

// Code points, which is what a terminal counts for the names that models use.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

}  // namespace

std::string styled(std::string text, const std::string& style, bool color) {
  if (!color || style.empty() || text.empty()) return text;
  return style + text + "\x1b[0m";
}

const std::string& style_of(std::string_view word) {
  static const std::string kNone;
  if (word == "proved" || word == "rewritten" || word == "identical" || word == "within") return kGreen;
  if (word == "refuted" || word == "error" || word == "different" || word == "refused" || word == "beyond")
    return kRed;
  return word == "unknown" || word == "not-run" ? kYellow : kNone;
}

std::string plural(std::size_t count, const std::string& word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string markdown_code(const std::string& text, bool in_table) {
  if (text.empty()) return "";
  std::size_t longest = 0;  // run of backticks: the fence must be another
  std::size_t run = 0;
  std::string inside;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    // Tables are split at bars before code is looked for; elsewhere the backslash would show.
    if (c == '|' && in_table) inside += '\\';
    inside += c;
  }
  const std::string fence(longest + 1, '`');
  const bool is_padded = inside.front() == '`' || inside.back() == '`' || inside.front() == ' ';
  return fence + (is_padded ? " " : "") + inside + (is_padded ? " " : "") + fence;
}

bool Table::is_used(std::size_t column) const {
  return std::any_of(rows_.begin(), rows_.end(), [=](const auto& row) { return !row[column].text.empty(); });
}

std::string Table::render_markdown(std::size_t most) const {
  std::string out = "|";
  std::string rule = "|";
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (!is_used(i)) continue;
    out += " " + header_[i] + " |";
    rule += " --- |";
  }
  out += "\n" + rule + "\n";
  for (std::size_t row = 0; row < std::min(most, rows_.size()); ++row) {
    out += "|";
    for (std::size_t i = 0; i < header_.size(); ++i)
      if (is_used(i)) out += " " + markdown_code(rows_[row][i].text, true) + " |";
    out += "\n";
  }
  if (rows_.size() > most)
    out += fmt::format("\n{} more rows are in the text report.\n", rows_.size() - most);
  return out;
}

std::string Table::render(bool color) const {
  std::vector<std::size_t> widths(header_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i].text));
  }
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (widths[i] != 0) widths[i] = std::max(widths[i], width(header_[i]));
  }
  std::string out;
  const auto add_line = [&](const std::vector<Cell>& cells) {
    std::string line = " ";
    std::size_t owed = 1;  // blanks before the next text, so that no line ends in them
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (widths[i] == 0) continue;
      const std::size_t blanks = widths[i] - width(cells[i].text);
      if (!cells[i].text.empty()) {
        line += std::string(owed, ' ') + styled(cells[i].text, cells[i].style, color);
        owed = 0;
      }
      owed += blanks + 2;
    }
    out += line + "\n";
  };
  std::vector<Cell> header;
  for (const std::string& text : header_) header.push_back({text, kDim});
  add_line(header);
  for (const auto& row : rows_) add_line(row);
  return out;
}

}  // namespace padproof::report
