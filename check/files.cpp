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

}  // namespace

FileDigest read_file(const std::string& path, std::string* keep) {
  if (!fs::is_regular_file(path)) unreadable(named(path) + " is not a regular file");
  std::ifstream file(path, std::ios::binary);
  SHA256_CTX hash;
  bool is_good = file.is_open() && SHA256_Init(&hash) == 1;
  if (is_good && keep != nullptr) keep->reserve(fs::file_size(path));
  FileDigest digest;
  std::string block(std::size_t{1} << 16, '\0');
  while (is_good &&
         (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0)) {
    const auto count = static_cast<std::size_t>(file.gcount());
    is_good = SHA256_Update(&hash, block.data(), count) == 1;
    digest.bytes += count;
    if (keep != nullptr) keep->append(block, 0, count);
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

}  // namespace padproof::check
