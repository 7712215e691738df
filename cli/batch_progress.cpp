// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace padproof::cli {
namespace {

constexpr std::chrono::milliseconds kFirst{700};
constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kNewLine{10};
constexpr const char* kClearLine = "\r\033[K";
constexpr std::size_t kBarCells = 24;
constexpr std::size_t kUsualCells = 80;

std::size_t cells_of_terminal() {
  winsize size{};
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : kUsualCells;
}

}  // namespace

BatchProgress::BatchProgress(const report::BatchAmount& all, const CommonOptions& options)
    : all_(all),
      is_wanted_(!options.quiet),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      begin_(Clock::now()),
      next_(begin_ + (is_terminal_ ? Clock::duration(kFirst) : Clock::duration(kNewLine))) {}

void BatchProgress::finish() {
  const std::scoped_lock lock(mutex_);
  is_wanted_ = false;
  if (!is_shown_ || !is_terminal_) return;
  is_shown_ = false;
  fmt::print(stderr, "{}", kClearLine);
  std::fflush(stderr);
}

void BatchProgress::add_failure() {
  const std::scoped_lock lock(mutex_);
  ++failures_;
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
  const std::string text = report::progress_text(done_, all_, seconds, failures_);
  if (!is_terminal_) {
    fmt::print(stderr, "padproof: {}\n", text);
    return;
  }
  const auto full = static_cast<std::size_t>(report::share_done(done_, all_) * kBarCells);
  const std::string line =
      fmt::format("[{}{}] {}", std::string(full, '#'), std::string(kBarCells - full, '.'), text);
  // A line that wraps would leave its first half behind. It is plain ASCII.
  fmt::print(stderr, "{}{}", kClearLine, line.substr(0, cells_of_terminal() - 1));
  std::fflush(stderr);
}

}  // namespace padproof::cli
