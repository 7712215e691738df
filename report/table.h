// SPDX-License-Identifier: Apache-2.0
// A table of text with aligned columns.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace padproof::report {

struct Cell {
  std::string text;
  std::string style;  // an ANSI sequence, or empty
};

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] const std::vector<std::vector<Cell>>& rows() const { return rows_; }
  /// A column that is not empty in every row.
  [[nodiscard]] bool is_used(std::size_t column) const;

  /// Rows indented by two; columns that are empty in every row are left out. Styles only with `color`.
  [[nodiscard]] std::string render(bool color) const;
  /// As GitHub's Markdown, cells as code: nothing in them is markup, a link or a mention. At most `most`
  /// rows; how many more there are is said.
  [[nodiscard]] std::string render_markdown(std::size_t most) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

/// Text as GitHub's Markdown code, in which nothing is markup; nothing for no text.
std::string markdown_code(const std::string& text, bool in_table = false);

/// `text` in `style` if `color`.
std::string styled(std::string text, const std::string& style, bool color);

/// The style that a verdict, a status or an outcome is shown in.
const std::string& style_of(std::string_view word);

/// `1 run`, `2 runs`.
std::string plural(std::size_t count, const std::string& word);

/// `3x3`, `1/1/1/1`.
template <class Numbers>
std::string joined(const Numbers& numbers, std::string_view separator) {
  return fmt::format("{}", fmt::join(numbers.begin(), numbers.end(), separator));
}

inline const std::string kBold = "\x1b[1m";
inline const std::string kDim = "\x1b[2m";
inline const std::string kRed = "\x1b[31m";
inline const std::string kGreen = "\x1b[32m";
inline const std::string kYellow = "\x1b[33m";

}  // namespace padproof::report
