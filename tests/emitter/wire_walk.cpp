// SPDX-License-Identifier: Apache-2.0
#include "tests/emitter/wire_walk.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace padproof::test {
namespace {

[[noreturn]] void fail(const std::string& what, std::string_view got = {}) {
  throw std::runtime_error(what + (got.empty() ? "" : ": " + std::string(got.substr(0, 200))));
}

std::uint64_t take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (rest.empty()) fail("cut off in a varint");
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  fail("a varint is too long");
}

std::string_view take(std::string_view& rest, std::uint64_t size) {
  if (size > rest.size()) fail("cut off in a field");
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

// The bytes up to the end of the group, its end tag left out; afterwards `rest` is behind the end tag.
std::string_view take_group(std::string_view& rest, std::uint64_t number);

std::string_view take_payload(std::string_view& rest, const WireField& field) {
  switch (field.type) {
    case 0: {
      const std::string_view before = rest;
      take_varint(rest);
      return before.substr(0, before.size() - rest.size());
    }
    case 1:
      return take(rest, 8);
    case 2: {
      const std::uint64_t size = take_varint(rest);
      return take(rest, size);
    }
    case 3:
      return take_group(rest, field.number);
    case 5:
      return take(rest, 4);
    default:
      fail("no such wire type");
  }
}

std::string_view take_group(std::string_view& rest, std::uint64_t number) {
  const std::string_view before = rest;
  for (;;) {
    const std::size_t at = before.size() - rest.size();
    const std::uint64_t tag = take_varint(rest);
    WireField field{tag >> 3U, static_cast<unsigned>(tag & 7U), {}, {}};
    if (field.type == 4 && field.number == number) return before.substr(0, at);
    take_payload(rest, field);
  }
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes.push_back(static_cast<char>(value | 0x80U));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

constexpr std::uint64_t kNodeAttribute = 5;

class Lockstep {
 public:
  std::vector<RewrittenNode> nodes;

  void compare(MessageKind kind, std::string_view source, std::string_view target) {
    const auto mine = fields_of(source);
    const auto theirs = fields_of(target);
    if (mine.size() != theirs.size()) fail("a message has another number of fields", source);
    for (std::size_t i = 0; i < mine.size(); ++i)
      compare_field(kind_of_field(kind, mine[i].number), mine[i], theirs[i]);
  }

 private:
  void compare_field(MessageKind kind, const WireField& mine, const WireField& theirs) {
    if (mine.whole == theirs.whole) return;
    if (mine.number != theirs.number || mine.type != 2 || theirs.type != 2)
      fail("a field differs", mine.whole);
    if (kind == MessageKind::kOther) fail("bytes differ outside of nodes", mine.whole);
    if (theirs.whole.substr(0, theirs.whole.size() - theirs.payload.size()) !=
        field_head(theirs.number, theirs.payload.size()))
      fail("a length is not the shortest", theirs.whole);
    if (kind != MessageKind::kNode) return compare(kind, mine.payload, theirs.payload);
    compare_nodes(mine, theirs);
  }

  void compare_nodes(const WireField& mine, const WireField& theirs) {
    auto source = fields_of(mine.payload);
    auto target = fields_of(theirs.payload);
    const std::size_t before = nodes.size();
    std::erase_if(source, is_padding_attribute);
    std::erase_if(target, is_padding_attribute);
    if (source.size() != target.size()) fail("a node has another number of fields", mine.whole);
    for (std::size_t i = 0; i < source.size(); ++i)
      compare_field(kind_of_field(MessageKind::kNode, source[i].number), source[i], target[i]);
    // Nothing inside its subgraphs differs, so it is the node itself.
    if (nodes.size() == before) nodes.push_back({mine.whole, theirs.whole});
  }
};

}  // namespace

std::vector<WireField> fields_of(std::string_view message) {
  std::vector<WireField> fields;
  std::string_view rest = message;
  while (!rest.empty()) {
    const std::string_view start = rest;
    const std::uint64_t tag = take_varint(rest);
    WireField field{tag >> 3U, static_cast<unsigned>(tag & 7U), {}, {}};
    field.payload = take_payload(rest, field);
    field.whole = start.substr(0, start.size() - rest.size());
    fields.push_back(field);
  }
  return fields;
}

bool is_padding_attribute(const WireField& field) {
  if (field.number != kNodeAttribute || field.type != 2) return false;
  constexpr std::array<std::string_view, 4> kNames = {"auto_pad", "pads", "ceil_mode", "output_shape"};
  for (const WireField& inner : fields_of(field.payload)) {
    if (inner.number == 1) return std::find(kNames.begin(), kNames.end(), inner.payload) != kNames.end();
  }
  return false;
}

MessageKind kind_of_field(MessageKind kind, std::uint64_t number) {
  switch (kind) {
    case MessageKind::kModel:
      return number == 7 ? MessageKind::kGraph : number == 25 ? MessageKind::kFunction : MessageKind::kOther;
    case MessageKind::kGraph:
      return number == 1 ? MessageKind::kNode : MessageKind::kOther;
    case MessageKind::kFunction:
      return number == 7 ? MessageKind::kNode : MessageKind::kOther;
    case MessageKind::kNode:
      return number == kNodeAttribute ? MessageKind::kAttribute : MessageKind::kOther;
    case MessageKind::kAttribute:
      return number == 6 || number == 11 ? MessageKind::kGraph : MessageKind::kOther;
    case MessageKind::kOther:
      return MessageKind::kOther;
  }
  return MessageKind::kOther;
}

std::string field_head(std::uint64_t number, std::uint64_t size) {
  return varint(number << 3U | 2U) + varint(size);
}

std::string length_field(std::uint64_t number, std::string_view payload) {
  return field_head(number, payload.size()) + std::string(payload);
}

std::string varint_field(std::uint64_t number, std::uint64_t value) {
  return varint(number << 3U) + varint(value);
}

std::vector<RewrittenNode> rewritten_nodes(std::string_view source, std::string_view target) {
  Lockstep lockstep;
  lockstep.compare(MessageKind::kModel, source, target);
  return lockstep.nodes;
}

namespace {

std::string spliced_message(MessageKind kind, std::string_view message,
                            const std::vector<RewrittenNode>& nodes, std::size_t& next) {
  std::string out;
  for (const WireField& field : fields_of(message)) {
    const bool holds_next = next < nodes.size() && nodes[next].target.data() >= field.whole.data() &&
                            nodes[next].target.data() < field.whole.data() + field.whole.size();
    if (!holds_next) {
      out += field.whole;
    } else if (nodes[next].target.data() == field.whole.data()) {
      out += nodes[next++].source;
    } else {
      const MessageKind inner = kind_of_field(kind, field.number);
      out += length_field(field.number, spliced_message(inner, field.payload, nodes, next));
    }
  }
  return out;
}

}  // namespace

std::string spliced_back(std::string_view target, const std::vector<RewrittenNode>& nodes) {
  std::size_t next = 0;
  std::string source = spliced_message(MessageKind::kModel, target, nodes, next);
  if (next != nodes.size()) fail("a rewritten node was not found again");
  return source;
}

}  // namespace padproof::test
