// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace padproof::cli {
namespace {

constexpr std::chrono::milliseconds kFirst{700};
constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kNewLine{10};
constexpr const char* kClearLine = "\r\033[K";
constexpr std::size_t kBarCells = 24;

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
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 6000) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

/// By bytes, or by files where all are empty.
double share_done(const BatchAmount& done, const BatchAmount& all) {
  const double share = all.bytes > 0   ? static_cast<double>(done.bytes) / static_cast<double>(all.bytes)
                       : all.files > 0 ? static_cast<double>(done.files) / static_cast<double>(all.files)
                                       : 1;
  return std::min(1.0, share);
}

}  // namespace

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

BatchProgress::BatchProgress(const BatchAmount& all, const CommonOptions& options)
    : all_(all),
      is_wanted_(!options.quiet),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      begin_(Clock::now()),
      next_(begin_ + (is_terminal_ ? Clock::duration(kFirst) : Clock::duration(kNewLine))) {}

BatchProgress::~BatchProgress() {
  if (is_shown_ && is_terminal_) fmt::print(stderr, "{}", kClearLine);
}

void BatchProgress::add(std::uint64_t bytes, bool failed) {
  const std::scoped_lock lock(mutex_);
  ++done_.files;
  done_.bytes += bytes;
  if (failed) ++failures_;
  const auto now = Clock::now();
  if (!is_wanted_ || now < next_) return;
  next_ = now + (is_terminal_ ? Clock::duration(kRedraw) : Clock::duration(kNewLine));
  is_shown_ = true;
  show(std::chrono::duration<double>(now - begin_).count());
}

void BatchProgress::show(double seconds) {
  const std::string text = progress_text(done_, all_, seconds, failures_);
  if (!is_terminal_) {
    fmt::print(stderr, "padproof: {}\n", text);
    return;
  }
  const auto full = static_cast<std::size_t>(share_done(done_, all_) * kBarCells);
  fmt::print(stderr, "{}[{}{}] {}", kClearLine, std::string(full, '#'), std::string(kBarCells - full, '.'),
             text);
  std::fflush(stderr);
}

}  // namespace padproof::cli
