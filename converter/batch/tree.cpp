// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/tree.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;

// Deeper than any folder of models, and less than what a path can hold.
constexpr std::size_t kMostLevels = 1000;

enum class Kind { kFolder, kModel, kNoFile, kOther };

// Most file systems say with the name what it is, which saves a look at each.
Kind kind_of(const fs::directory_entry& entry) {
  std::error_code unknown;
  const bool is_link = entry.is_symlink(unknown);
  const bool is_folder = !unknown && !is_link && entry.is_directory(unknown);
  if (is_folder) return Kind::kFolder;
  const bool is_model = entry.path().extension() == ".onnx";
  // Without a look it may be a folder.
  if (!is_model)
    return unknown && unknown != std::errc::no_such_file_or_directory ? Kind::kNoFile : Kind::kOther;
  std::error_code ignored;
  return entry.is_regular_file(ignored) ? Kind::kModel : Kind::kNoFile;
}

model::Diagnostic why_no_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return model::io_error(path, "cannot open", errno).value();
  model::Diagnostic diagnostic{model::Fault::kIo, "not-a-file", "not a regular file", {}, {}, {}};
  diagnostic.where.file = path;
  return diagnostic;
}

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
  Level level{relative, {}, {}, 0};
  std::error_code error;
  if (levels_.size() == kMostLevels) error = std::make_error_code(std::errc::filename_too_long);
  fs::directory_iterator entries;
  if (!error) entries = fs::directory_iterator(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    const Kind kind = kind_of(*entries);
    if (kind == Kind::kFolder)
      level.names.push_back(name + "/");
    else if (kind != Kind::kOther)
      level.names.push_back(name);
    if (kind == Kind::kNoFile) level.failed.emplace(name, why_no_file(entries->path().string()));
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
    if (!name.ends_with('/')) {
      const auto failed = level.failed.find(name);
      return Entry{std::move(relative),
                   failed == level.failed.end() ? std::nullopt : std::optional(failed->second)};
    }
    if (is_besides((fs::path(folder_) / relative).string())) continue;
    if (auto failed = enter(relative)) return Entry{std::move(relative), std::move(failed)};
  }
  return std::nullopt;
}

}  // namespace padproof::converter
