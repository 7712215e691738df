// SPDX-License-Identifier: Apache-2.0
#include "model/digest.h"

// The functions below allocate nothing and cannot fail; what OpenSSL recommends instead looks its algorithm
// up each time, and without memory for that it crashes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "model/mapped_file.h"

namespace padproof::model {

class Sha256 {
 public:
  Sha256() { SHA256_Init(&context_); }
  void add(Bytes bytes) { SHA256_Update(&context_, bytes.data(), bytes.size()); }
  std::string digits() {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256_Final(digest.data(), &context_);
    std::string text;
    for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
    return text;
  }

 private:
  SHA256_CTX context_{};
};

std::string sha256_of(Bytes bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digits();
}

std::string sha256_of(const Rope& rope) { return RopeDigest(rope).finish(); }

RopeDigest::RopeDigest(const Rope& rope) : rope_(&rope), hash_(std::make_unique<Sha256>()) {}

RopeDigest::~RopeDigest() = default;

void RopeDigest::advance(std::uint64_t bytes) {
  const std::uint64_t end = at_ + std::min(bytes, rope_->size() - at_);
  while (at_ < end) {
    const Bytes run = rope_->run_at(at_, std::min(end, at_ + kRunBytes));
    hash_->add(run);
    at_ += run.size();
    release_if_long(*rope_, run);
  }
}

std::string RopeDigest::finish() {
  advance(rope_->size());
  return hash_->digits();
}

Result<FileDigest> digest_of_file(const std::string& path) {
  const auto file = map_file(path);
  if (!file) return Error(file.error());
  FileDigest digest{sha256_of(**file), (*file)->size()};
  if (auto checked = (*file)->check_unchanged(); !checked) return Error(checked.error());
  return digest;
}

}  // namespace padproof::model
