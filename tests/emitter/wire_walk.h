// SPDX-License-Identifier: Apache-2.0
// Compares what the emitter wrote with what it was given, field by field, by means of its own: nothing here
// uses the product's wire reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace padproof::test {

/// One field of a protobuf message. Views into the message.
struct WireField {
  std::uint64_t number = 0;
  unsigned type = 0;
  std::string_view whole;  // tag and length included
  std::string_view
      payload;  // for length-delimited fields what follows the length, otherwise the value's bytes
};

/// The message's fields in order; throws std::runtime_error if it is malformed.
std::vector<WireField> fields_of(std::string_view message);

/// Kinds of messages on the way from a model to its nodes.
enum class MessageKind { kModel, kGraph, kFunction, kNode, kAttribute, kOther };

/// What field `number` of a message of this kind holds; kOther if it can hold no node.
MessageKind kind_of_field(MessageKind kind, std::uint64_t number);

/// Tag and length of a length-delimited field, as short as can be; the payload follows.
std::string field_head(std::uint64_t number, std::uint64_t size);
/// A field with this number, wire type length-delimited and this payload, encoded as shortly as can be.
std::string length_field(std::uint64_t number, std::string_view payload);
std::string varint_field(std::uint64_t number, std::uint64_t value);

/// Whether a node's field is an attribute that the converter may rewrite: `auto_pad`, `pads`, `ceil_mode`,
/// `output_shape`.
bool is_padding_attribute(const WireField& field);

/// Two nodes, whole fields, that differ in attributes of their own and not only inside subgraphs.
struct RewrittenNode {
  std::string_view source;
  std::string_view target;
};

/// Walks two models in lockstep down to the nodes. All bytes must be equal but for rewritten nodes, which are
/// returned in order of the file, and the lengths of the messages around them. A rewritten node's fields must
/// be equal but for padding attributes. Throws std::runtime_error
/// naming the first byte that differs elsewhere.
std::vector<RewrittenNode> rewritten_nodes(std::string_view source, std::string_view target);

/// `target` with each rewritten node put back as it was in the source and all lengths around it made anew.
std::string spliced_back(std::string_view target, const std::vector<RewrittenNode>& nodes);

}  // namespace padproof::test
