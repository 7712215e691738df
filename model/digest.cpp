// SPDX-License-Identifier: Apache-2.0
#include "model/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <memory>
#include <new>

#include "model/mapped_file.h"

namespace padproof::model {

namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string digits_of(const Digest& digest) {
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

std::string sha256_of(Bytes bytes) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digits_of(digest);
}

std::string sha256_of(const Rope& rope) {
  const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  // These fail only where there is no memory left.
  bool is_good = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  is_good = is_good && each_run(rope, [&](Bytes run) {
              return EVP_DigestUpdate(context.get(), run.data(), run.size()) == 1;
            });
  Digest digest{};
  if (!is_good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) throw std::bad_alloc();
  return digits_of(digest);
}

Result<FileDigest> digest_of_file(const std::string& path) {
  const auto file = map_file(path);
  if (!file) return Error(file.error());
  FileDigest digest{sha256_of(**file), (*file)->size()};
  if (auto checked = (*file)->check_unchanged(); !checked) return Error(checked.error());
  return digest;
}

}  // namespace padproof::model
