// SPDX-License-Identifier: Apache-2.0
// How deep the keys of a TOML document nest.
#pragma once

#include <cstddef>
#include <string_view>

namespace padproof::verifier {

/// The most dots on one line outside of strings and comments, which is at least the depth of any key. The
/// parser bounds how deep values nest, but neither dotted keys nor what is destroyed after them.
std::size_t most_dots_of_a_line(std::string_view toml);

}  // namespace padproof::verifier
