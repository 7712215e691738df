// SPDX-License-Identifier: Apache-2.0
// Protobuf's wire format, field by field. Anything that two parsers might read differently is unreadable:
// groups, numbers of more than 64 bits, a second value where a message has room for one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace padproof::check {

enum class Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct Field {
  std::uint32_t number = 0;
  Wire wire = Wire::kVarint;
  std::uint64_t value = 0;  // of kVarint
  std::string_view bytes;   // of all other

  /// The value, which must be stored in this way.
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] std::string_view text() const;
  /// Adds one integer, or all of a packed list.
  void append_to(std::vector<std::int64_t>& list) const;
};

/// All fields of a message, in order. Those of the numbers named, below 64, must not be repeated.
std::vector<Field> fields(std::string_view message, std::initializer_list<unsigned> singular = {});

}  // namespace padproof::check
