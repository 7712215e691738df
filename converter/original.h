// SPDX-License-Identifier: Apache-2.0
// An input in whose place its own output goes. Somebody may save a newer version of it while the output is
// made; that one must not be lost.
#pragma once

#include <sys/stat.h>

#include <string>

#include "model/mapped_file.h"
#include "model/result.h"

namespace padproof::converter {

class Original {
 public:
  /// `path`: links followed. `sha256` of the file, which decides where nothing but a time has changed; where
  /// it is empty that is taken for a change.
  Original(const model::MappedFile& file, std::string path, std::string sha256)
      : path_(std::move(path)), was_(file.opened()), sha256_(std::move(sha256)) {}

  /// The name that keeps the file; none is kept without it. A file of that name is never replaced.
  void keep_as(std::string backup) { backup_ = std::move(backup); }

  /// To be called right before the output gets the name: an error if the file is not what was read, or if it
  /// cannot be kept.
  [[nodiscard]] model::Result<void> make_way() const;

 private:
  [[nodiscard]] model::Result<void> check() const;

  std::string path_;
  struct stat was_;
  std::string sha256_;
  std::string backup_;
};

}  // namespace padproof::converter
