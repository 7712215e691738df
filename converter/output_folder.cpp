// SPDX-License-Identifier: Apache-2.0
#include "converter/output_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <utility>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderPermissions = 0777;
constexpr mode_t kFolderOwner = 0700;

/// `path` with the links of what is there followed.
std::string behind_links(const fs::path& path) {
  std::error_code error;
  auto real = fs::weakly_canonical(path, error);
  return error ? "" : real.lexically_normal().string();
}

fs::path without_slash(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

void make_like(const fs::path& folder, const fs::path& root, const fs::path& like, std::error_code& error) {
  const fs::path path = without_slash(folder);
  if (path.empty() || fs::is_directory(path, error)) return error.clear();
  const bool is_root = path == without_slash(root);
  const fs::path above = without_slash(like).parent_path();
  make_like(path.parent_path(), root, is_root ? fs::path() : above, error);
  if (error) return;
  struct stat info {};
  const bool is_known = !like.empty() && ::stat(like.c_str(), &info) == 0;
  const mode_t mode = is_known ? (info.st_mode & kFolderPermissions) | kFolderOwner : kFolderPermissions;
  // Another process may make it at the same time.
  if (::mkdir(path.c_str(), mode) != 0 && (errno != EEXIST || !fs::is_directory(path, error)))
    error = std::error_code(errno, std::generic_category());
}

model::Error leaves_folder(const std::string& path, const std::string& root) {
  return model::Error(model::Diagnostic{model::Fault::kIo,
                                        "leaves-folder",
                                        "a symbolic link leads out of the folder",
                                        model::printable(path, model::kMostPrintablePath),
                                        model::printable(root, model::kMostPrintablePath),
                                        {}});
}

}  // namespace

bool is_below(const std::string& path, const std::string& folder) {
  const fs::path inner(path);
  const fs::path outer(folder);
  const auto [at, in] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  // A path that ends in a slash has an empty last part.
  return at == outer.end() || (std::next(at) == outer.end() && at->empty());
}

model::Result<void> check_link(const std::string& file, const std::string& root) {
  std::error_code error;
  if (root.empty() || !fs::is_symlink(file, error)) return {};
  const fs::path real = fs::canonical(file, error);
  if (error) return model::io_error(file, "cannot write through a link to nothing", error.value());
  if (!is_below(real.string(), behind_links(fs::absolute(root, error)))) return leaves_folder(file, root);
  return {};
}

model::Result<void> make_folder(const std::string& folder, const std::string& root, const std::string& like) {
  // A batch comes to one folder again and again.
  static std::mutex mutex;
  static std::pair<std::string, std::string> last;
  const std::scoped_lock lock(mutex);
  if (!folder.empty() && last == std::pair(folder, root)) return {};
  last = {};
  std::error_code error;
  const fs::path path = folder.empty() ? fs::path(".") : fs::path(folder);
  if (!root.empty()) {
    // Links are looked at before anything is made behind them.
    const std::string real = behind_links(fs::absolute(path, error));
    if (real.empty() || !is_below(real, behind_links(fs::absolute(root, error))))
      return leaves_folder(folder, root);
  }
  make_like(path, root, root.empty() ? "" : like, error);
  if (error) return model::io_error(folder, "cannot create the folder", error.value());
  last = {folder, root};
  return {};
}

}  // namespace padproof::converter
