// SPDX-License-Identifier: Apache-2.0
#include "model/digest.h"

// The functions below allocate nothing and cannot fail; what OpenSSL recommends instead looks its algorithm
// up each time, and without memory for that it crashes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

#include "model/mapped_file.h"

namespace padproof::model {

namespace {

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

}  // namespace

std::string sha256_of(Bytes bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digits();
}

std::string sha256_of(const Rope& rope) {
  Sha256 hash;
  each_run(rope, [&](Bytes run) {
    hash.add(run);
    return true;
  });
  return hash.digits();
}

Result<FileDigest> digest_of_file(const std::string& path) {
  const auto file = map_file(path);
  if (!file) return Error(file.error());
  FileDigest digest{sha256_of(**file), (*file)->size()};
  if (auto checked = (*file)->check_unchanged(); !checked) return Error(checked.error());
  return digest;
}

}  // namespace padproof::model
