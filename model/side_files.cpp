// SPDX-License-Identifier: Apache-2.0
#include "model/side_files.h"

#include <algorithm>
#include <filesystem>

namespace padproof::model {
namespace {

namespace fs = std::filesystem;

Error leaves_folder(std::string_view location) {
  return malformed("external-data", "external data outside the model's folder", printable(location),
                   "a path below it");
}

Error outside_file(std::string what, std::uint64_t got, std::uint64_t limit) {
  return malformed("external-data", std::move(what), std::to_string(got), std::to_string(limit));
}

}  // namespace

bool names_side_file(std::string_view location) {
  const fs::path path(location);
  if (location.empty() || location.find('\0') != std::string_view::npos || path.is_absolute()) return false;
  return std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

std::string folder_of_model(const std::string& model_file) {
  const fs::path parent = fs::path(model_file).parent_path();
  return parent.empty() ? "." : parent.string();
}

Result<std::string> resolve_side_file(const std::string& folder, const std::string& location) {
  if (!names_side_file(location)) return leaves_folder(location);
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) return io_error(folder, "cannot resolve", error.value());
  const fs::path file = fs::canonical(root / location, error);
  if (error)
    return io_error((fs::path(folder) / location).string(), "cannot find external data", error.value());
  if (std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end())
    return leaves_folder(location);
  return file.string();
}

SideFiles::SideFiles(const std::string& model_file) : folder_(normal_path(folder_of_model(model_file))) {}

Result<Bytes> SideFiles::read(const ExternalData& data, std::uint64_t size_bytes) const {
  if (data.length_bytes && *data.length_bytes != size_bytes)
    return outside_file("length of external data contradicts the dims", *data.length_bytes, size_bytes);
  const auto file = open(std::string(data.location));
  if (!file) return Error(file.error());
  const Bytes bytes = (*file)->bytes();
  if (data.offset_bytes > bytes.size())
    return outside_file("external data starts behind the end of its file", data.offset_bytes, bytes.size());
  if (size_bytes > bytes.size() - data.offset_bytes)
    return outside_file("external data ends behind the end of its file", size_bytes,
                        bytes.size() - data.offset_bytes);
  return bytes.substr(data.offset_bytes, size_bytes);
}

Result<void> SideFiles::check_unchanged() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [location, file] : files_)
    if (file)
      if (auto checked = (*file)->check_unchanged(); !checked) return checked;
  return {};
}

Result<std::shared_ptr<const MappedFile>> SideFiles::open(const std::string& location) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = files_.find(location); known != files_.end()) return known->second;
  const auto path = resolve_side_file(folder_, location);
  auto file = path ? MappedFile::open(*path) : Result<std::shared_ptr<const MappedFile>>(Error(path.error()));
  return files_.emplace(location, std::move(file)).first->second;
}

}  // namespace padproof::model
