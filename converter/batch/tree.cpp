// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/tree.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;

// Deeper than any folder of models, and less than what a path can hold.
constexpr std::size_t kMostLevels = 1000;

}  // namespace

Tree::Tree(std::string folder, const std::string& besides)
    : folder_(std::move(folder)), besides_(besides.empty() ? "" : model::normal_path(besides)) {
  if (auto failed = enter("")) pending_ = Entry{"", std::move(failed)};
}

bool Tree::is_besides(const std::string& path) const {
  return !besides_.empty() && model::normal_path(path) == besides_;
}

std::optional<model::Diagnostic> Tree::enter(const std::string& relative) {
  const std::string path = (fs::path(folder_) / relative).string();
  Level level{relative, {}, 0};
  std::error_code error;
  if (levels_.size() == kMostLevels) error = std::make_error_code(std::errc::filename_too_long);
  fs::directory_iterator entries;
  if (!error) entries = fs::directory_iterator(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    const fs::path& entry = entries->path();
    if (fs::is_directory(entries->symlink_status(ignored)))
      level.names.push_back(entry.filename().string() + "/");
    else if (entry.extension() == ".onnx" && entries->is_regular_file(ignored))
      level.names.push_back(entry.filename().string());
  }
  if (error) return model::io_error(path, "cannot list", error.value()).value();
  // With the slash this is the order of the whole paths.
  std::sort(level.names.begin(), level.names.end());
  levels_.push_back(std::move(level));
  return std::nullopt;
}

std::optional<Tree::Entry> Tree::next() {
  if (pending_) return std::exchange(pending_, std::nullopt);
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.at == level.names.size()) {
      levels_.pop_back();
      continue;
    }
    const std::string& name = level.names[level.at++];
    std::string relative = level.folder + name;
    if (!name.ends_with('/')) return Entry{std::move(relative), std::nullopt};
    if (is_besides((fs::path(folder_) / relative).string())) continue;
    if (auto failed = enter(relative)) return Entry{std::move(relative), std::move(failed)};
  }
  return std::nullopt;
}

}  // namespace padproof::converter
