// SPDX-License-Identifier: Apache-2.0
#include "report/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace padproof::report {
namespace {

std::string amount_text(double bytes) {
  constexpr std::array<const char*, 4> kUnits = {"kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  bytes /= 1000;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, bytes < 10 ? 2 : bytes < 100 ? 1 : 0, kUnits.at(unit));
}

std::string time_text(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 6000) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

}  // namespace

double share_done(const BatchAmount& done, const BatchAmount& all) {
  const double share = all.bytes > 0   ? static_cast<double>(done.bytes) / static_cast<double>(all.bytes)
                       : all.files > 0 ? static_cast<double>(done.files) / static_cast<double>(all.files)
                                       : 1;
  return std::min(1.0, share);
}

std::string progress_text(const BatchAmount& done, const BatchAmount& all, double seconds,
                          std::size_t failures) {
  const double share = share_done(done, all);
  std::string text =
      fmt::format("{} of {} models, {} of {}", done.files, all.files,
                  amount_text(static_cast<double>(done.bytes)), amount_text(static_cast<double>(all.bytes)));
  if (seconds > 0) {
    text += fmt::format(", {}/s", amount_text(static_cast<double>(done.bytes) / seconds));
    if (share > 0 && share < 1) text += fmt::format(", {} left", time_text(seconds * (1 - share) / share));
  }
  if (failures > 0) text += fmt::format(", {} failed", failures);
  return text;
}

}  // namespace padproof::report
