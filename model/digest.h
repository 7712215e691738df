// SPDX-License-Identifier: Apache-2.0
// SHA-256, of what tells files and findings apart.
#pragma once

#include <string>

#include "model/bytes.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::model {

/// 64 hexadecimal digits.
std::string sha256_of(Bytes bytes);
std::string sha256_of(const Rope& rope);

struct FileDigest {
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// Of a whole file, mapped, not read into memory.
Result<FileDigest> digest_of_file(const std::string& path);

}  // namespace padproof::model
