// SPDX-License-Identifier: Apache-2.0
// How far a batch has come, in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace padproof::report {

/// What is done, or what there is.
struct BatchAmount {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

/// `312 of 2000 models, 1.56 of 10.0 GB, 812 MB/s, 12 s left, 1 failed`.
std::string progress_text(const BatchAmount& done, const BatchAmount& all, double seconds,
                          std::size_t failures);

/// By bytes, or by files where all are empty; from 0 to 1.
double share_done(const BatchAmount& done, const BatchAmount& all);

}  // namespace padproof::report
