// SPDX-License-Identifier: Apache-2.0
// Puts a rope into a file that appears whole or not at all, whatever happens in between: a temporary file in
// the same folder, written, flushed to the disk, renamed, the folder flushed.
#pragma once

#include <optional>
#include <string>

#include "converter/direct_writer.h"
#include "converter/original.h"
#include "converter/temporary_file.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::converter {

/// What becomes of a file that already has the name.
enum class Existing { kReplace, kKeep };

/// Whether names wait until the disk has the contents. Without, a power cut may leave files under their names
/// that are cut short; the end of this process may not, however it comes.
enum class Durability { kDisk, kProcess };

/// Whether what is written stays in memory for whoever reads it next. Without, a file that is brought to the
/// disk anyway gets there with less work, and thousands of them push nothing out of memory.
enum class PageCache { kKeep, kBypass };

struct WriteOptions {
  PageCache cache = PageCache::kKeep;
  Meanwhile meanwhile;  // called past the cache only, and not for the last bytes
};

/// A file that is written and has not got its name yet; without commit() it is gone with the object.
class Publication {
 public:
  /// As with cp, an existing file keeps its permissions, a new one gets those of the rope's first mapped
  /// file, and of a symbolic link the file that it names is meant.
  static model::Result<Publication> prepare(const model::Rope& rope, const std::string& path,
                                            const WriteOptions& how = {});

  /// Where it goes, links followed.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return file_.descriptor(); }
  /// It takes the place of a file that it was made from.
  void replaces(Original original) { original_ = std::move(original); }
  /// Brings the file's contents to the disk.
  [[nodiscard]] model::Result<void> flush() const;
  /// Gives it its name; with kKeep an existing file is an error, and so is an original that is no longer
  /// what was read.
  model::Result<void> commit(Existing existing = Existing::kReplace);

 private:
  Publication(std::string path, TemporaryFile file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  TemporaryFile file_;
  std::optional<Original> original_;
};

/// Brings the names in the folder of `path` to the disk.
model::Result<void> flush_names_beside(const std::string& path);

/// All of it. On any error nothing carries the name `path` that did not before, and the temporary file is
/// gone.
model::Result<void> publish(const model::Rope& rope, const std::string& path,
                            Existing existing = Existing::kReplace, PageCache cache = PageCache::kKeep);

/// Writes to standard output.
model::Result<void> write_standard_output(const model::Rope& rope);

}  // namespace padproof::converter
