// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "model/result.h"

namespace padproof::model {

/// When work that is asked for is of no use any more; nothing: it takes as long as it takes.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// kUnsupported (`timeout`) if the deadline has passed.
inline Result<void> check_deadline(const Deadline& deadline) {
  if (!deadline || std::chrono::steady_clock::now() < *deadline) return {};
  return unsupported("timeout", "stopped: it takes longer than allowed");
}

}  // namespace padproof::model
