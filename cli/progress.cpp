// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace padproof::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{700};
constexpr std::chrono::milliseconds kPause{100};
constexpr const char* kEmptyLine = "\r\033[K";

}  // namespace

Progress::Progress(std::string what, const CommonOptions& options)
    : what_(std::move(what)),
      is_wanted_(!options.quiet && ::isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + kPatience) {}

Progress::~Progress() {
  if (is_shown_) fmt::print(stderr, "{}", kEmptyLine);
}

void Progress::show(std::size_t done, std::size_t all) {
  if (!is_wanted_ || Clock::now() < next_) return;
  next_ = Clock::now() + kPause;
  is_shown_ = true;
  fmt::print(stderr, "{}{}: {} of {} nodes", kEmptyLine, what_, done, all);
  std::fflush(stderr);
}

}  // namespace padproof::cli
