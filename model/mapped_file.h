// SPDX-License-Identifier: Apache-2.0
// A file's bytes, mapped read-only, as a rope of one piece.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "model/mapping_guard.h"
#include "model/result.h"
#include "model/rope.h"

namespace padproof::model {

/// A mapping and the descriptor it came from; both live as long as the object.
class MappedFile {
 public:
  /// Opens and maps the regular file at `path`; refuses directories, devices and pipes (kIo).
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint32_t mode() const { return mode_; }  // permission bits
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  /// What the file was when it was opened.
  [[nodiscard]] const struct stat& opened() const { return opened_; }
  /// An error (`changed`) if the file is no longer what it was when it was opened: what was read of it is
  /// then no file that anybody ever had. A file that lost or got a name is still what it was. Where nothing
  /// but the time of the last change tells, it may be: that error is `touched`, and reading again helps.
  [[nodiscard]] Result<void> check_unchanged() const;
  /// Takes the memory of these bytes back until they are read again. They must be bytes of this file.
  void release(Bytes range) const;
  [[nodiscard]] bool holds(Bytes range) const {
    return range.data() >= bytes_.data() && range.data() + range.size() <= bytes_.data() + bytes_.size();
  }

 private:
  MappedFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::uint32_t mode_ = 0;
  struct stat opened_ {};
  Bytes bytes_;
  std::optional<GuardedMapping> guard_;
};

enum class Change { kNone, kTouched, kChanged };

/// What became of the contents of a file. kTouched: perhaps nothing, the time of the last change is another.
Change change_of(const struct stat& was, const struct stat& is);

/// The file as a rope; an empty file is an empty rope.
Result<std::shared_ptr<const Rope>> map_file(const std::string& path);

/// Bytes of which the memory of a long file is given back at once.
inline constexpr std::size_t kRunBytes = std::size_t{8} << 20;

/// Gives the memory of a run back if it is of a long file.
void release_if_long(const Rope& rope, Bytes run);

/// Calls `use` for all bytes of a rope, run by run, until it returns false; returns whether it never did. Of
/// long files the memory is given back behind each run.
bool each_run(const Rope& rope, const std::function<bool(Bytes)>& use);

/// No message of protobuf is longer.
inline constexpr std::size_t kMostStandardInput = std::size_t{1} << 31;

/// Reads standard input to its end into memory; an error (`input-too-long`) beyond `most` bytes.
Result<std::shared_ptr<const Rope>> read_standard_input(std::size_t most = kMostStandardInput);

/// An error if something other than a regular file carries the name `path`, or if it is where standard output
/// or standard error go: renaming a new file over `-o /dev/null` would take the device from everybody.
Result<void> check_replaceable(const std::string& path);

/// One spelling for one file, there or not. What cannot be followed, such as a loop of links, stands for
/// itself.
std::string normal_path(const std::string& path);

/// A kIo diagnostic for `path` from errno.
Error io_error(const std::string& path, const std::string& what, int error_number);

}  // namespace padproof::model
