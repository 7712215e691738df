// SPDX-License-Identifier: Apache-2.0
#include "model/digest.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

#include "model/mapped_file.h"

namespace padproof::model {

std::string sha256_of(Bytes bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

Result<FileDigest> digest_of_file(const std::string& path) {
  const auto file = MappedFile::open(path);
  if (!file) return Error(file.error());
  return FileDigest{sha256_of((*file)->bytes()), (*file)->bytes().size()};
}

}  // namespace padproof::model
