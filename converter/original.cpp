// SPDX-License-Identifier: Apache-2.0
#include "converter/original.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "model/digest.h"

namespace padproof::converter {

using model::Change;
using model::Error;
using model::Result;

Result<void> Original::check() const {
  struct stat now {};
  if (::stat(path_.c_str(), &now) != 0) return model::io_error(path_, "cannot be looked at again", errno);
  const bool is_this = was_.st_dev == now.st_dev && was_.st_ino == now.st_ino;
  const Change change = is_this ? model::change_of(was_, now) : Change::kChanged;
  if (change == Change::kNone) return {};
  if (change == Change::kTouched && !sha256_.empty()) {
    const auto digest = model::digest_of_file(path_);
    if (digest && digest->sha256 == sha256_) return {};
  }
  model::Diagnostic diagnostic{
      model::Fault::kIo, "changed", "the file changed since it was read: it is not replaced", {}, {}, {}};
  diagnostic.where.file = path_;
  return Error(std::move(diagnostic));
}

Result<void> Original::make_way() const {
  if (auto checked = check(); !checked || backup_.empty()) return checked;
  const bool is_made = ::link(path_.c_str(), backup_.c_str()) == 0;
  const int error = errno;
  std::error_code ignored;
  // One of an earlier run, which did not come to an end.
  // A link to the original would lead to what replaces it.
  const bool is_there = !is_made && error == EEXIST && !std::filesystem::is_symlink(backup_, ignored) &&
                        std::filesystem::equivalent(path_, backup_, ignored);
  if (!is_made && !is_there) return model::io_error(backup_, "cannot keep a backup", error);
  auto checked = check();
  // It may hold what was saved meanwhile, which has its own name.
  if (!checked && is_made) ::unlink(backup_.c_str());
  return checked;
}

}  // namespace padproof::converter
