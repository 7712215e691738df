// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/key_depth.h"

#include <algorithm>

namespace padproof::verifier {
namespace {

/// Behind the string that begins at `at`; one that does not end is the parser's to refuse.
std::size_t end_of_string(std::string_view toml, std::size_t at) {
  const char quote = toml[at];
  const std::string_view three = toml.substr(at, 3);
  const bool is_long = three.size() == 3 && three[1] == quote && three[2] == quote;
  const std::size_t width = is_long ? 3 : 1;
  for (std::size_t i = at + width; i < toml.size(); ++i) {
    if (quote == '"' && toml[i] == '\\')
      ++i;
    else if (!is_long && toml[i] == '\n')
      return i;
    else if (toml[i] == quote && (!is_long || toml.substr(i, 3) == three))
      // Up to two quotes of its own may stand in front of the three that end it.
      return is_long ? std::min(toml.find_first_not_of(quote, i), toml.size()) : i + width;
  }
  return toml.size();
}

}  // namespace

std::size_t most_dots_of_a_line(std::string_view toml) {
  std::size_t most = 0;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < toml.size();) {
    const char c = toml[i];
    if (c == '"' || c == '\'') {
      i = end_of_string(toml, i);
      continue;
    }
    if (c == '#') {
      i = std::min(toml.find('\n', i), toml.size());
      continue;
    }
    dots = c == '\n' ? 0 : dots + (c == '.' ? 1 : 0);
    most = std::max(most, dots);
    ++i;
  }
  return most;
}

}  // namespace padproof::verifier
