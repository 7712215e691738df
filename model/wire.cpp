// SPDX-License-Identifier: Apache-2.0
#include "model/wire.h"

#include <fmt/format.h>

#include <vector>

namespace padproof::model {
namespace {

constexpr std::size_t kMaxGroupDepth = 64;
constexpr std::uint64_t kMostTagBytes = 5;

Error broken(const std::string& what, std::uint64_t offset_bytes) {
  return malformed("wire-format",
                   "not a valid protobuf message: " + what + fmt::format(" at byte {}", offset_bytes));
}

}  // namespace

Result<std::uint64_t> WireReader::varint() {
  std::uint64_t value = 0;
  const std::uint64_t begin = at_;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (at_ >= end_) return broken("a number is cut off", begin);
    if (at_ - run_begin_ >= run_.size()) {
      run_begin_ = at_;
      run_ = source_.run_at(at_, end_);
    }
    const auto byte = static_cast<unsigned char>(run_[at_ - run_begin_]);
    ++at_;
    // Bits beyond the 64th are dropped, as the protobuf runtimes do.
    if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return broken("a number is longer than ten bytes", begin);
}

Result<std::uint64_t> WireReader::fixed(unsigned size) {
  if (end_ - at_ < size) return broken("a fixed-size number is cut off", at_);
  const Bytes bytes = source_.view(at_, at_ + size);
  at_ += size;
  std::uint64_t value = 0;
  for (unsigned i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

Result<std::uint32_t> WireReader::tag(WireType& type) {
  const std::uint64_t begin = at_;
  const auto key = varint();
  if (!key) return Error(key.error());
  const std::uint64_t number = *key >> 3U;
  const auto wire_type = static_cast<unsigned>(*key & 7U);
  // Protobuf reads no more, whatever the number is.
  if (at_ - begin > kMostTagBytes) return broken("a tag is longer than five bytes", begin);
  if (number == 0 || number > 0x1FFFFFFF) return broken(fmt::format("field number {}", number), begin);
  if (wire_type > 5) return broken(fmt::format("wire type {}", wire_type), begin);
  type = static_cast<WireType>(wire_type);
  return static_cast<std::uint32_t>(number);
}

Result<void> WireReader::payload(Field& field) {
  field.body.begin = at_;
  switch (field.type) {
    case WireType::kVarint:
    case WireType::kFixed32:
    case WireType::kFixed64: {
      const auto value =
          field.type == WireType::kVarint ? varint() : fixed(field.type == WireType::kFixed32 ? 4 : 8);
      if (!value) return Error(value.error());
      field.value = *value;
      break;
    }
    case WireType::kLength: {
      const auto length = varint();
      if (!length) return Error(length.error());
      if (*length > end_ - at_) {
        return broken(
            fmt::format("field {} claims {} bytes where {} are left", field.number, *length, end_ - at_),
            at_);
      }
      field.body.begin = at_;
      at_ += *length;
      break;
    }
    case WireType::kStartGroup:
      return skip_group(field.number);
    case WireType::kEndGroup:
      return broken("a group ends that did not begin", at_);
  }
  field.body.end = at_;
  return {};
}

Result<void> WireReader::skip_group(std::uint32_t number) {
  std::vector<std::uint32_t> open{number};
  while (!open.empty()) {
    if (at_ >= end_) return broken("a group is cut off", at_);
    if (open.size() > kMaxGroupDepth) return broken("groups nest too deeply", at_);
    Field inner;
    const auto inner_number = tag(inner.type);
    if (!inner_number) return Error(inner_number.error());
    inner.number = *inner_number;
    if (inner.type == WireType::kStartGroup) {
      open.push_back(inner.number);
    } else if (inner.type == WireType::kEndGroup) {
      if (inner.number != open.back()) return broken("groups are not properly nested", at_);
      open.pop_back();
    } else if (auto passed = payload(inner); !passed) {
      return passed;
    }
  }
  return {};
}

Result<bool> WireReader::next(Field& field) {
  if (at_ >= end_) return false;
  field = {};
  field.span.begin = at_;
  const auto number = tag(field.type);
  if (!number) return Error(number.error());
  field.number = *number;
  if (auto passed = payload(field); !passed) return Error(passed.error());
  field.span.end = at_;
  if (field.type == WireType::kStartGroup) field.body.end = at_;
  return true;
}

void write_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>(value | 0x80U));
  out.push_back(static_cast<char>(value));
}

void write_tag(std::string& out, std::uint32_t number, WireType type) {
  write_varint(out, std::uint64_t{number} << 3U | static_cast<std::uint64_t>(type));
}

void write_length_field(std::string& out, std::uint32_t number, Bytes body) {
  write_tag(out, number, WireType::kLength);
  write_varint(out, body.size());
  out += body;
}

void write_varint_field(std::string& out, std::uint32_t number, std::uint64_t value) {
  write_tag(out, number, WireType::kVarint);
  write_varint(out, value);
}

}  // namespace padproof::model
