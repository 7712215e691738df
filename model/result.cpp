// SPDX-License-Identifier: Apache-2.0
#include "model/result.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::model {
namespace {

// Length of the well-formed UTF-8 sequence at `text[at]`, 0 if there is none (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  const unsigned second = byte(at + 1);
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = at + 2; i < at + length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  return length;
}

// C1 controls, the bidirectional marks and overrides could rearrange a terminal line.
bool is_unprintable(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  if (sequence.size() == 2)
    return (first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0) || sequence == "\u061C";
  return sequence == "\u200E" || sequence == "\u200F" || sequence == "\u2028" || sequence == "\u2029" ||
         (sequence >= "\u202A" && sequence <= "\u202E") || (sequence >= "\u2066" && sequence <= "\u2069");
}

// Runners of GitHub Actions take `##[command]` for a command wherever in a line of a log it stands, and
// `::command` where nothing but space is before it; a name may be the first of its line.
bool completes_command(std::string_view sequence, const std::string& out) {
  if (sequence == "[") return out.ends_with("##");
  const auto may_be_space = [](char c) { return c == ' ' || static_cast<unsigned char>(c) >= 0x80; };
  return sequence == ":" && out.ends_with(":") && std::all_of(out.begin(), out.end() - 1, may_be_space);
}

}  // namespace

std::string printable(std::string_view text, std::size_t most_bytes) {
  constexpr std::string_view kCut = "...";
  std::string out;
  out.reserve(std::min(text.size(), most_bytes));
  std::size_t kept = 0;  // what fits with the mark of a cut behind it
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::string_view sequence = text.substr(at, length == 0 ? 1 : length);
    if (length != 0 && !is_unprintable(sequence) && !completes_command(sequence, out)) {
      out += sequence;
    } else {
      for (const char c : sequence) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    at += sequence.size();
    if (out.size() + kCut.size() <= most_bytes) kept = out.size();
    if (out.size() > most_bytes) return out.substr(0, kept) + std::string(kCut);
  }
  return out;
}

std::string to_string(const Diagnostic& diagnostic) {
  std::string out;
  const Location& where = diagnostic.where;
  if (!where.file.empty()) out += printable(where.file, kMostPrintablePath) + ": ";
  for (const std::string* part : {&where.graph, &where.node, &where.attribute}) {
    if (!part->empty()) out += printable(*part) + ": ";
  }
  out += printable(diagnostic.what);
  if (!diagnostic.got.empty() && !diagnostic.limit.empty()) {
    out += fmt::format(" (got {}, limit {})", printable(diagnostic.got), printable(diagnostic.limit));
  } else if (!diagnostic.got.empty()) {
    out += fmt::format(" (got {})", printable(diagnostic.got));
  } else if (!diagnostic.limit.empty()) {
    out += fmt::format(" (limit {})", printable(diagnostic.limit));
  }
  return out + fmt::format(" [{}]", diagnostic.code);
}

}  // namespace padproof::model
