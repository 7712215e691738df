// SPDX-License-Identifier: Apache-2.0
// What bad input must come to: the right exit code, one clear line, and nothing left behind.
#pragma once

#include <string>
#include <vector>

#include "tests/support/child.h"

namespace padproof::test {

/// Runs `arguments` inside `folder` and checks the exit code, that standard error is one line holding
/// `expected`, and that the folder's entries are what they were.
void check_rejected(const std::vector<std::string>& arguments, const TemporaryFolder& folder, int exit_code,
                    const std::string& expected, const Hardship& hardship = {});

/// `path` given to convert, inspect, verify (as source and as target) and run. `expected` is part of the
/// line.
void check_commands_reject(const std::string& path, const TemporaryFolder& folder, int exit_code,
                           const std::string& expected, const Hardship& hardship = {});

/// As check_commands_reject, for a model file of these bytes.
void check_model_rejected(const std::string& bytes, int exit_code, const std::string& expected);

/// For a model that can be read and makes no sense: convert and inspect reject it as above; run does so too
/// or says that the engine cannot do it; verify, which compares it with another model, does not call them
/// equal.
void check_model_senseless(const std::string& bytes, const std::string& expected);

/// What reading, inferring and planning `bytes` in this process says: `[code]` of the diagnostic, or "" if it
/// is fine.
std::string code_of_reading(const std::string& bytes);

/// A small model that is in order, with one SAME convolution.
const std::string& good_model();

/// Lines in `text`; a last line without an end counts.
std::vector<std::string> lines_of(const std::string& text);

}  // namespace padproof::test
