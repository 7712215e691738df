// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "model/onnx/fields.h"
#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

Error wrong_wire_type(const Field& field) {
  return malformed("wire-type",
                   fmt::format("field {} at byte {} has the wrong wire type", field.number, field.span.begin),
                   std::to_string(static_cast<int>(field.type)));
}

}  // namespace

Result<void> expect_message(const Field& field) {
  if (field.type != WireType::kLength) return wrong_wire_type(field);
  return {};
}

Result<Bytes> read_bytes(const Rope& source, const Field& field) {
  if (field.type != WireType::kLength) return wrong_wire_type(field);
  return source.view(field.body.begin, field.body.end);
}

Result<void> read_bytes_into(const Rope& source, const Field& field, std::string_view& target) {
  const auto bytes = read_bytes(source, field);
  if (!bytes) return Error(bytes.error());
  target = *bytes;
  return {};
}

Result<std::int64_t> read_int(const Field& field) {
  if (field.type != WireType::kVarint) return wrong_wire_type(field);
  return static_cast<std::int64_t>(field.value);
}

Result<std::int32_t> read_int32(const Field& field) {
  const auto value = read_int(field);
  if (!value) return Error(value.error());
  if (*value != static_cast<std::int32_t>(*value))
    return malformed("wire-number", "a number of 32 bits has more", std::to_string(*value));
  return static_cast<std::int32_t>(*value);
}

Result<void> read_ints(const Rope& source, const Field& field, std::vector<std::int64_t>& target) {
  if (field.type == WireType::kVarint) {
    target.push_back(static_cast<std::int64_t>(field.value));
    return {};
  }
  if (field.type != WireType::kLength) return wrong_wire_type(field);
  const Bytes packed = source.view(field.body.begin, field.body.end);
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const char c : packed) {
    const auto byte = static_cast<unsigned char>(c);
    if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
    shift += 7;
    if ((byte & 0x80U) == 0) {
      target.push_back(static_cast<std::int64_t>(value));
      value = shift = 0;
    } else if (shift >= 70) {
      return malformed("wire-format",
                       fmt::format("a packed number at byte {} is too long", field.body.begin));
    }
  }
  if (shift != 0)
    return malformed("wire-format", fmt::format("a packed number at byte {} is cut off", field.body.begin));
  return {};
}

Result<void> read_floats(const Rope& source, const Field& field, std::vector<float>& target) {
  if (field.type == WireType::kFixed32) {
    target.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(field.value)));
    return {};
  }
  if (field.type != WireType::kLength) return wrong_wire_type(field);
  const Bytes packed = source.view(field.body.begin, field.body.end);
  if (packed.size() % sizeof(float) != 0) {
    return malformed("wire-format", fmt::format("packed floats at byte {} are cut off", field.body.begin));
  }
  const std::size_t old_size = target.size();
  target.resize(old_size + packed.size() / sizeof(float));
  if (!packed.empty()) std::memcpy(target.data() + old_size, packed.data(), packed.size());
  return {};
}

std::string_view canonical_domain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

Result<void> parse_opset_import(const Rope& source, const Field& field,
                                std::map<std::string_view, std::int64_t>& imports) {
  if (auto checked = expect_message(field); !checked) return checked;
  std::string_view domain;
  std::int64_t version = 0;
  auto read = for_each_field(source, field.body, [&](const Field& inner) -> Result<void> {
    if (inner.number == fields::opset_id_proto::kDomain) return read_bytes_into(source, inner, domain);
    if (inner.number != fields::opset_id_proto::kVersion) return {};
    const auto value = read_int(inner);
    if (!value) return Error(value.error());
    version = *value;
    return {};
  });
  if (!read) return read;
  if (version < 0)
    return malformed("opset-version", "negative opset version", std::to_string(version), ">= 1");
  const auto [at, added] = imports.emplace(canonical_domain(domain), version);
  if (!added && at->second != version) {
    return malformed("opset-twice", "domain '" + std::string(domain) + "' is imported at two versions",
                     fmt::format("{} and {}", at->second, version));
  }
  return {};
}

}  // namespace padproof::model::onnx_reader
