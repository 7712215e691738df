// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/canonical.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

namespace padproof::verifier {
namespace {

using model::Result;
using nlohmann::json;

constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
constexpr std::string_view kPredicateType = "urn:padproof:certificate:v1";

// Objects of nlohmann's are sorted by key, and all numbers here are integers.
Result<json> certificate_as_json(const schemas::Certificate& certificate) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(certificate, &text, options);
  json value = status.ok() ? json::parse(text, nullptr, false) : json(json::value_t::discarded);
  if (value.is_discarded())
    return model::unsupported("certificate-size", "the certificate cannot be written as JSON");
  return value;
}

}  // namespace

std::string certified_text(std::string_view text) {
  std::string escaped;
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    const bool is_plain = byte >= 0x20 && byte < 0x7F && byte != '\\';
    is_plain ? escaped.push_back(each) : static_cast<void>(escaped += fmt::format("\\x{:02x}", byte));
  }
  return escaped;
}

Result<std::string> canonical_json(const schemas::Certificate& certificate) {
  const auto value = certificate_as_json(certificate);
  if (!value) return model::Error(value.error());
  return value->dump();
}

Result<std::string> in_toto_statement(const schemas::Certificate& certificate) {
  auto predicate = certificate_as_json(certificate);
  if (!predicate) return model::Error(predicate.error());
  json subject;
  subject["name"] = certificate.target().name();
  subject["digest"]["sha256"] = certificate.target().sha256();
  json statement;
  statement["_type"] = kStatementType;
  statement["subject"] = json::array({std::move(subject)});
  statement["predicateType"] = kPredicateType;
  statement["predicate"] = std::move(*predicate);
  return statement.dump();
}

}  // namespace padproof::verifier
