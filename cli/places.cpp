// SPDX-License-Identifier: Apache-2.0
#include "cli/places.h"

#include <filesystem>

#include "model/mapped_file.h"

namespace padproof::cli {

std::string PlaceFinder::place_of(const std::string& path) {
  const std::filesystem::path file(path);
  const std::filesystem::path name = file.filename();
  std::error_code error;
  if (name.empty() || name == "." || name == ".." || std::filesystem::is_symlink(path, error))
    return model::normal_path(path);
  const std::string folder = file.parent_path().string();
  if (normal_folder_.empty() || folder != folder_) {
    folder_ = folder;
    normal_folder_ = model::normal_path(folder.empty() ? "." : folder);
  }
  return (std::filesystem::path(normal_folder_) / name).string();
}

}  // namespace padproof::cli
