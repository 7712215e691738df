// SPDX-License-Identifier: Apache-2.0
// Files under temporary names: gone with their owner, with a signal that ends the program, or with the next
// run into the same folder.
//
// A temporary file is locked (flock) as long as its owner lives. One that is not was left behind, by kill -9
// or a power cut, and belongs to nobody.
#pragma once

#include <sys/types.h>

#include <string>

#include "model/result.h"

namespace padproof::converter {

class TemporaryFile {
 public:
  /// Creates one beside `path`, after those that were left behind in the folder have been removed.
  static model::Result<TemporaryFile> create_for(const std::string& path, mode_t mode);

  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// It has another name now: nothing removes it any more.
  void forget();

 private:
  TemporaryFile(std::string path, int descriptor);

  std::string path_;  // empty: not ours any more
  int descriptor_ = -1;
};

/// Removes what was left behind in a folder, once while the program runs.
void clean_folder(const std::string& folder);

/// Removes all temporary files of this process, and keeps it from making more: for a program that is about to
/// end. Not for signal handlers: it takes a lock.
void remove_temporary_files();

}  // namespace padproof::converter
