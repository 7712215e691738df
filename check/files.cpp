// SPDX-License-Identifier: Apache-2.0
#include "check/files.h"

// The bare functions: EVP reads openssl.cnf for whose to take, longer than a small model takes to check.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "check/stop.h"

namespace padproof::check {
namespace {

namespace fs = std::filesystem;

/// Where a location leads, which must be below the folder however it gets there.
std::string side_file(const fs::path& folder, std::string_view location) {
  const fs::path relative(location);
  const bool climbs = std::find(relative.begin(), relative.end(), fs::path("..")) != relative.end();
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? "." : folder, error);
  const bool is_plain = !error && !location.empty() && location.find('\0') == std::string_view::npos &&
                        !climbs && !relative.is_absolute();
  const fs::path file = is_plain ? fs::canonical(root / relative, error) : fs::path();
  if (error || std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end())
    unreadable("external data at " + named(location) + " is not in the model's folder");
  return file.string();
}

/// What compares equal is spelt alike: -1 and 2^64-1 are not the same number.
void require_plain(const Json& value, int depth) {
  if (depth > 16 || value.is_number_float() ||
      (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
    unreadable("the certificate is too deep, or holds a fraction or too large a number");
  if (value.is_structured())
    for (const Json& part : value) require_plain(part, depth + 1);
}

}  // namespace

FileDigest read_file(const std::string& path, std::string* keep) {
  if (!fs::is_regular_file(path)) unreadable(named(path) + " is not a regular file");
  std::ifstream file(path, std::ios::binary);
  SHA256_CTX hash;
  bool is_good = file.is_open() && SHA256_Init(&hash) == 1;
  if (is_good && keep != nullptr) keep->reserve(fs::file_size(path));
  FileDigest digest;
  char block[1 << 16];
  while (is_good && (file.read(block, sizeof block), file.gcount() > 0)) {
    const auto count = static_cast<std::size_t>(file.gcount());
    is_good = SHA256_Update(&hash, block, count) == 1;
    digest.bytes += count;
    if (keep != nullptr) keep->append(block, count);
  }
  unsigned char bytes[SHA256_DIGEST_LENGTH] = {};
  if (!is_good || file.bad() || SHA256_Final(bytes, &hash) != 1)
    unreadable(named(path) + " cannot be read or hashed");
  for (const unsigned byte : bytes) digest.sha256 += {kDigits[byte / 16U], kDigits[byte % 16U]};
  return digest;
}

std::shared_ptr<const LoadedModel> load_model(const std::string& path) {
  auto loaded = std::make_shared<LoadedModel>();
  loaded->digest = read_file(path, &loaded->bytes);
  loaded->model = read_model(loaded->bytes);
  for (const std::string_view location : loaded->model.locations)
    if (!loaded->external_data.contains(location))
      loaded->external_data.emplace(location,
                                    read_file(side_file(fs::path(path).parent_path(), location), nullptr));
  return loaded;
}

Json read_certificate(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded() || !value.is_object()) unreadable("the certificate is not JSON");
  require_plain(value, 0);
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
