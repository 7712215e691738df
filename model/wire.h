// SPDX-License-Identifier: Apache-2.0
// Walks the fields of one protobuf message in a rope without decoding what it does not need.
// Source: protobuf encoding specification. Offsets are 64-bit: files over 2 GB are ordinary here.
#pragma once

#include <cstdint>

#include "model/bytes.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::model {

enum class WireType : std::uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kLength = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5
};

struct Field {
  std::uint32_t number = 0;
  WireType type = WireType::kVarint;
  std::uint64_t value = 0;  // of kVarint, kFixed32, kFixed64
  ByteSpan span;            // tag and length included
  ByteSpan body;            // the payload alone
};

class WireReader {
 public:
  /// Reads the message in bytes `span` of `source`, which must outlive the reader.
  WireReader(const Rope& source, ByteSpan span) : source_(source), at_(span.begin), end_(span.end) {}

  /// False at the end of the message. Groups, long deprecated, are passed over as one field.
  Result<bool> next(Field& field);

  [[nodiscard]] const Rope& source() const { return source_; }
  [[nodiscard]] Bytes bytes(const Field& field) const {
    return source_.view(field.body.begin, field.body.end);
  }

 private:
  Result<std::uint64_t> varint();
  Result<std::uint64_t> fixed(unsigned size);
  Result<void> payload(Field& field);
  Result<void> skip_group(std::uint32_t number);
  Result<std::uint32_t> tag(WireType& type);

  const Rope& source_;
  std::uint64_t at_;
  std::uint64_t end_;
  Bytes run_;  // cached contiguous bytes, starting at run_begin_
  std::uint64_t run_begin_ = 0;
};

/// Appends to `out`.
void write_varint(std::string& out, std::uint64_t value);
void write_tag(std::string& out, std::uint32_t number, WireType type);
void write_length_field(std::string& out, std::uint32_t number, Bytes body);
void write_varint_field(std::string& out, std::uint32_t number, std::uint64_t value);

}  // namespace padproof::model
