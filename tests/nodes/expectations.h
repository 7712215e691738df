// SPDX-License-Identifier: Apache-2.0
// Outputs stored in ONNX's backend tests that no engine need give, and why.
#pragma once

#include <string>

namespace padproof::test {

/// Why the stored output of the test `name` of ONNX 1.`minor` is not the specification's; empty if it is.
std::string wrong_expectation(const std::string& name, int minor);

}  // namespace padproof::test
