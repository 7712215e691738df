// SPDX-License-Identifier: Apache-2.0
// How a check ends before its end. The first reason found is the answer; nothing is collected.
#pragma once

#include <string>
#include <string_view>

namespace padproof::check {

/// The numbers are exit codes.
enum class Answer { kAccepted = 0, kRejected = 1, kUnreadable = 2, kUndecided = 3 };

struct Stop {
  Answer answer;
  std::string reason;
};

[[noreturn]] inline void reject(const std::string& reason) { throw Stop{Answer::kRejected, reason}; }
[[noreturn]] inline void unreadable(const std::string& reason) { throw Stop{Answer::kUnreadable, reason}; }
[[noreturn]] inline void undecided(const std::string& reason) { throw Stop{Answer::kUndecided, reason}; }

inline constexpr std::string_view kDigits = "0123456789abcdef";

/// Untrusted text as certificates spell it: every byte but printable ASCII, and the backslash, as \xNN.
inline std::string escaped(std::string_view text) {
  std::string result;
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= 0x20 && byte < 0x7F && byte != '\\') {
      result += each;
    } else {
      result += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return result;
}

/// For reasons: names of a megabyte are cut.
inline std::string named(std::string_view text) {
  return "'" + escaped(text.substr(0, 200)) + (text.size() > 200 ? "...'" : "'");
}

}  // namespace padproof::check
