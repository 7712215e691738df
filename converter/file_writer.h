// SPDX-License-Identifier: Apache-2.0
// Bytes into a new file, from its beginning to its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "model/bytes.h"
#include "model/result.h"

namespace padproof::converter {

/// Whether what is written stays in memory for whoever reads it next. Without, a file that is brought to the
/// disk anyway gets there with less work, and thousands of them push nothing out of memory.
enum class PageCache { kKeep, kBypass };

/// Bytes of a file for which it is worth while to ask the file system for more than bytes in a row.
constexpr std::uint64_t kLargeFile = std::uint64_t{1} << 20;

class FileWriter {
 public:
  /// `descriptor`: open for writing, at an offset of 0; kBypass only for a file of the caller's own. `path`
  /// is what errors name.
  FileWriter(int descriptor, std::string path, PageCache cache);

  model::Result<void> write(model::Bytes bytes);
  /// Writes what is still held back; nothing may follow.
  model::Result<void> finish();

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };

  model::Result<void> write_out(model::Bytes bytes);
  /// From here on through the cache.
  void stop_bypassing();

  int descriptor_;
  std::string path_;
  bool is_bypassing_ = false;
  std::unique_ptr<char, Free> block_;  // none: nothing is held back
  std::size_t held_ = 0;
};

}  // namespace padproof::converter
