// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/claims.h"

#include <filesystem>

namespace padproof::converter {

void Claims::add(const Record& record) {
  for (const ExternalFile& file : record.external) add(record.source, file.location, file.sha256);
}

void Claims::add(const std::string& source, const std::string& location, const std::string& sha256) {
  claims_[place(source, location)].push_back({source, location, sha256});
}

const std::vector<Claims::Claim>& Claims::on(const std::string& source, const std::string& location) const {
  static const std::vector<Claim> kNone;
  const auto at = claims_.find(place(source, location));
  return at == claims_.end() ? kNone : at->second;
}

std::string Claims::place(const std::string& source, const std::string& location) {
  const std::filesystem::path model(path_of_name(source));
  return (model.parent_path() / location).lexically_normal().string();
}

}  // namespace padproof::converter
