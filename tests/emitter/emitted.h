// SPDX-License-Identifier: Apache-2.0
// Checks that a conversion touched nothing but the nodes that it rewrote.
#pragma once

#include "tests/support/conversion.h"

namespace padproof::test {

/// Three ways, each throwing std::runtime_error when it fails: the files walked in lockstep differ in
/// rewritten nodes only, and in as many as the plan says; with these put back the target is the source, byte
/// for byte; the ONNX library's classes hold the same once the padding attributes are taken away. Returns the
/// number of rewritten nodes.
std::size_t check_untouched(const Converted& converted);

}  // namespace padproof::test
