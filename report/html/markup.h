// SPDX-License-Identifier: Apache-2.0
// Text and tables as HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/table.h"

namespace padproof::report {

/// Escaped for contents and for attributes in double quotes.
std::string html_text(std::string_view text);

/// For a script element of JSON: no `<` is left that could end it.
std::string html_json(std::string json);

/// Sortable where the page's script runs. Styles of cells become classes.
std::string html_table(const Table& table);

/// A list, nothing where there are no lines.
std::string html_list(const std::vector<std::string>& lines);

/// `good`, `bad`, `doubt` or `quiet`: how a verdict or a status is shown.
std::string_view html_class(std::string_view word);

/// An argument as a shell takes it.
std::string shell_quoted(const std::string& argument);

}  // namespace padproof::report
