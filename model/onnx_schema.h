// SPDX-License-Identifier: Apache-2.0
// What the ONNX library knows of operator versions. Loaded only when asked: most runs never do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace padproof::model {

/// The opset in which the operator got the meaning that it has at `opset`; nothing if the library does not
/// know the operator, the domain or so new an opset.
std::optional<std::int64_t> since_version(std::string_view domain, std::string_view op_type,
                                          std::int64_t opset);

}  // namespace padproof::model
