// SPDX-License-Identifier: Apache-2.0
// The files that a certificate is about, each read once and hashed on the way.
#pragma once

#include <map>
#include <string>

#include "check/model.h"

namespace padproof::check {

struct FileDigest {
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// A model with all that it is made of. Stays where it is: `model` points into `bytes`.
struct LoadedModel {
  std::string bytes;
  FileDigest digest;
  Model model;
  std::map<std::string, FileDigest, std::less<>> external_data;  // by location
};

/// Of a regular file; its bytes go to `keep` unless that is null.
FileDigest read_file(const std::string& path, std::string* keep);

/// Side files must lie in the model's folder, links followed.
std::shared_ptr<const LoadedModel> load_model(const std::string& path);

}  // namespace padproof::check
