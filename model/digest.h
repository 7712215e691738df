// SPDX-License-Identifier: Apache-2.0
// SHA-256, of what tells files and findings apart.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/bytes.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::model {

/// 64 hexadecimal digits.
std::string sha256_of(Bytes bytes);
std::string sha256_of(const Rope& rope);

class Sha256;

/// Of a rope, which must outlive it, as far as one has got with something else that reads it.
class RopeDigest {
 public:
  explicit RopeDigest(const Rope& rope);
  RopeDigest(const RopeDigest&) = delete;
  RopeDigest& operator=(const RopeDigest&) = delete;
  ~RopeDigest();

  /// Takes in so many bytes more, or what is left.
  void advance(std::uint64_t bytes);
  /// Takes in the rest. Once.
  std::string finish();

 private:
  const Rope* rope_;
  std::uint64_t at_ = 0;
  std::unique_ptr<Sha256> hash_;
};

struct FileDigest {
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// Of a whole file, mapped, not read into memory.
Result<FileDigest> digest_of_file(const std::string& path);

}  // namespace padproof::model
