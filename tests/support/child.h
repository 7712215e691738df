// SPDX-License-Identifier: Apache-2.0
// Runs the binary under hard conditions: a deadline, no room on the disk, no privileges, a signal.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace padproof::test {

struct Hardship {
  int deadline_seconds = 60;                     // then it is killed, and exit_code is kHung
  std::optional<unsigned long> most_file_bytes;  // no file grows beyond this, as on a full disk
  bool unprivileged = false;                     // as the user `nobody`, if we are root
  std::optional<unsigned long> most_threads;     // of that user, all processes together
  std::string standard_output;                   // where it goes; "" means it is captured
  std::string standard_input;                    // where it comes from; "" means nothing comes
  std::vector<int> closed;                       // standard streams that it does not have
  std::string binary;                            // what runs; "" means padproof
  std::string folder;                            // where it runs; "" means here
};

inline constexpr int kHung = -9;
/// The privileges could not be dropped.
inline constexpr int kNotDropped = 120;

/// A memory limit belongs to the machine, not to us: sanitizers need terabytes of address space.
ProcessResult run_under(const Hardship& hardship, const std::vector<std::string>& arguments);

/// Starts the binary, waits for `ready` to be true or its end, and kills it with SIGKILL. False if it ended
/// by itself.
bool kill_when(const std::vector<std::string>& arguments, bool (*ready)(const std::string& folder),
               const std::string& folder);

/// Starts the binary, calls `meanwhile` once it has mapped `file` or is at its end, and only then gives it
/// `input` to read.
ProcessResult run_while_mapped(const std::vector<std::string>& arguments, const std::string& file,
                               const std::function<void()>& meanwhile, const std::string& input = {});

/// Whether files that only their owner may read are out of reach for run_under(unprivileged).
bool can_drop_privileges();

}  // namespace padproof::test
