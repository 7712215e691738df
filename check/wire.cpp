// SPDX-License-Identifier: Apache-2.0
#include "check/wire.h"

#include <algorithm>

#include "check/stop.h"

namespace padproof::check {
namespace {

std::uint64_t take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest.empty()) unreadable("a number ends with its file or message");
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  unreadable("a number has more than 64 bits");
}

std::string_view take(std::string_view& rest, std::uint64_t size) {
  if (size > rest.size()) unreadable("a field is longer than its file or message");
  const std::string_view bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return bytes;
}

}  // namespace

std::int64_t Field::integer() const {
  if (wire != Wire::kVarint) unreadable("an integer is stored as something else");
  return static_cast<std::int64_t>(value);
}

std::string_view Field::text() const {
  if (wire != Wire::kBytes) unreadable("text, a message or a list is stored as something else");
  return bytes;
}

void Field::append_to(std::vector<std::int64_t>& list) const {
  if (wire != Wire::kBytes) return list.push_back(integer());
  for (std::string_view rest = bytes; !rest.empty();)
    list.push_back(static_cast<std::int64_t>(take_varint(rest)));
}

std::vector<Field> fields(std::string_view rest, std::initializer_list<unsigned> singular) {
  std::vector<Field> all;
  std::uint64_t seen = 0;
  while (!rest.empty()) {
    const std::size_t left = rest.size();
    const std::uint64_t tag = take_varint(rest);
    if (left - rest.size() > 5 || tag >> 3U == 0 || tag >> 3U > 0x1FFFFFFF)
      unreadable("a field has a number that none can have");
    Field field{static_cast<std::uint32_t>(tag >> 3U), static_cast<Wire>(tag & 7U), 0, {}};
    const bool is_singular = std::find(singular.begin(), singular.end(), field.number) != singular.end();
    if (is_singular && (seen >> field.number) % 2 != 0)
      unreadable("a message holds a second value where there is one");
    if (is_singular) seen |= std::uint64_t{1} << field.number;
    if (field.wire == Wire::kVarint)
      field.value = take_varint(rest);
    else if (field.wire == Wire::kBytes)
      field.bytes = take(rest, take_varint(rest));
    else if (field.wire == Wire::kFixed64 || field.wire == Wire::kFixed32)
      field.bytes = take(rest, field.wire == Wire::kFixed64 ? 8 : 4);
    else
      unreadable("a field is stored in a way that is not known");
    all.push_back(field);
  }
  return all;
}

}  // namespace padproof::check
