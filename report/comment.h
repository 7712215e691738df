// SPDX-License-Identifier: Apache-2.0
// Markdown short enough for a comment.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace padproof::report {

/// What is said of one model.
struct Section {
  std::string text;    // lines
  bool fails = false;  // the verdict is not good
};

/// GitHub takes 65,536 characters for a comment; the closing line needs some.
inline constexpr std::size_t kMostComment = 64'000;

/// The sections with empty lines between them. Where they are longer than `most` bytes, those that fail come
/// first, the one that does not fit ends at the end of a line, and it is said what is left out.
std::string join_sections(std::vector<Section> sections, std::size_t most = kMostComment);

}  // namespace padproof::report
