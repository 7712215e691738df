// SPDX-License-Identifier: Apache-2.0
// Byte ranges of a model file. Views never own; the Rope or MappedFile they came from must outlive them.
#pragma once

#include <cstdint>
#include <string_view>

namespace padproof::model {

/// A contiguous run of bytes. Not text: may hold zeros and invalid UTF-8.
using Bytes = std::string_view;

/// Half-open range of offsets, in bytes, into a logical file (a Rope).
struct ByteSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  [[nodiscard]] std::uint64_t size() const { return end - begin; }
  friend bool operator==(const ByteSpan&, const ByteSpan&) = default;
};

}  // namespace padproof::model
