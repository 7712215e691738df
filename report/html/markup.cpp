// SPDX-License-Identifier: Apache-2.0
#include "report/html/markup.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::report {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.,/x+-e ") == std::string_view::npos;
}

std::string cell_of(const Cell& cell) {
  const std::string_view kind = html_class(cell.text);
  const std::string classes = kind.empty() ? (is_number(cell.text) ? "number" : "") : std::string(kind);
  return fmt::format("<td{}>{}</td>", classes.empty() ? "" : fmt::format(" class=\"{}\"", classes),
                     html_text(cell.text));
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_json(std::string json) {
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at))
    json.replace(at, 1, "\\u003c");
  return json;
}

std::string html_table(const Table& table) {
  if (table.empty()) return "";
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < table.header().size(); ++i)
    if (table.is_used(i)) columns.push_back(i);
  std::string out = "<div class=\"scroll\"><table><thead><tr>";
  for (const std::size_t column : columns)
    out += "<th scope=\"col\">" + html_text(table.header()[column]) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows()) {
    out += "<tr>";
    for (const std::size_t column : columns) out += cell_of(row[column]);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string html_list(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = "<ul>\n";
  for (const std::string& line : lines) out += "<li>" + html_text(line) + "</li>\n";
  return out + "</ul>\n";
}

std::string_view html_class(std::string_view word) {
  for (const std::string_view each :
       {"proved", "same", "identical", "explicit", "rewritten", "within", "passed"})
    if (word == each) return "good";
  for (const std::string_view each : {"refuted", "error", "different", "beyond"})
    if (word == each) return "bad";
  for (const std::string_view each : {"unknown", "warning", "refused", "unresolved", "not-run"})
    if (word == each) return "doubt";
  return word == "note" || word == "unchanged" ? "quiet" : "";
}

std::string shell_quoted(const std::string& argument) {
  const bool is_plain =
      !argument.empty() &&
      argument.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%") == std::string::npos;
  if (is_plain) return argument;
  std::string out = "'";
  for (const char c : argument) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

}  // namespace padproof::report
