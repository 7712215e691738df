// SPDX-License-Identifier: Apache-2.0
#include "check/certificate.h"

#include "check/stop.h"

namespace padproof::check {

Json read_certificate(const std::string& text) {
  const auto limit = [](int depth, Json::parse_event_t, const Json& part) {
    if (depth > 16 || part.is_number_float()) unreadable("the certificate is too deep, or holds a fraction");
    return true;
  };
  const Json value = Json::parse(text, limit, false);
  if (value.is_discarded() || !value.is_object()) unreadable("the certificate is not JSON");
  // One spelling only: so nothing can be said twice, or be read in two ways.
  if (value.dump() != text) unreadable("the certificate is not in canonical form (RFC 8785)");
  if (!value.contains("_type")) return value;
  const Json& certificate = value.at("predicate");
  const Json& target = certificate.at("target");
  Json subject;
  subject["name"] = target.at("name");
  subject["digest"]["sha256"] = target.at("sha256");
  const Json statement{{"_type", "https://in-toto.io/Statement/v1"},
                       {"predicateType", "urn:padproof:certificate:v1"},
                       {"predicate", certificate},
                       {"subject", Json::array({subject})}};
  require_same(statement, value, "the statement");
  return certificate;
}

Json model_claim(const LoadedModel& model) {
  const auto claim_of = [](const char* key, const std::string& name, const FileDigest& digest) {
    return Json{{key, escaped(name)}, {"sha256", digest.sha256}, {"bytes", std::to_string(digest.bytes)}};
  };
  Json claim = claim_of("name", "", model.digest);
  claim["external_data"] = Json::array();
  for (const auto& [location, digest] : model.external_data)
    claim["external_data"].push_back(claim_of("location", location, digest));
  return claim;
}

void require_same(const Json& derived, const Json& stated, const std::string& what) {
  if (derived == stated) return;
  for (const auto& [key, value] : derived.items())
    if (!stated.is_object() || !stated.contains(key) || stated.at(key) != value)
      reject(what + ": " + named(key) + " must be " + value.dump().substr(0, 200));
  reject(what + " says more than is known how to check");
}

}  // namespace padproof::check
