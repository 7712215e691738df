// SPDX-License-Identifier: Apache-2.0
#include "converter/output_folder.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <utility>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;

/// `path` with the links of what is there followed.
std::string behind_links(const fs::path& path) {
  std::error_code error;
  auto real = fs::weakly_canonical(path, error);
  return error ? "" : real.lexically_normal().string();
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

model::Result<void> make_folder(const std::string& folder, const std::string& root) {
  // A batch comes to one folder again and again.
  static std::mutex mutex;
  static std::pair<std::string, std::string> last;
  const std::scoped_lock lock(mutex);
  if (!folder.empty() && last == std::pair(folder, root)) return {};
  last = {};
  std::error_code error;
  const fs::path path = folder.empty() ? fs::path(".") : fs::path(folder);
  if (!root.empty()) {
    fs::create_directories(root, error);
    if (error) return model::io_error(root, "cannot create the folder", error.value());
    const std::string real = behind_links(fs::absolute(path, error));
    if (real.empty() || !is_below(real, behind_links(fs::absolute(root, error))))
      return leaves_folder(folder, root);
  }
  fs::create_directories(path, error);
  if (error) return model::io_error(folder, "cannot create the folder", error.value());
  last = {folder, root};
  return {};
}

}  // namespace padproof::converter
