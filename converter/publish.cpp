// SPDX-License-Identifier: Apache-2.0
#include "converter/publish.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

using model::Bytes;
using model::Result;

// Bytes that a single write takes from the map; both smaller and much larger ones are slower.
// (copy_file_range, which cp uses, moves page by page, and two pages for each where source and target are not
// aligned to each other.)
constexpr std::size_t kWriteBytes = std::size_t{1} << 20;
constexpr std::size_t kPageBytes = 4096;  // a larger page only makes the hint fail

class TemporaryFile {
 public:
  TemporaryFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  Result<void> rename_to(const std::string& path, Existing existing) {
    // Network and quota file systems report what they could not store only here.
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) return model::io_error(path, "cannot write", errno);
    if (!move_to(path, existing)) return model::io_error(path, "cannot rename to", errno);
    path_.clear();
    return {};
  }

 private:
  bool move_to(const std::string& path, Existing existing) const {
    if (existing == Existing::kReplace) return ::rename(path_.c_str(), path.c_str()) == 0;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return true;
    // Not every file system has that; a second name does the same, and the first goes anyway.
    if (errno != EINVAL && errno != ENOSYS) return false;
    return ::link(path_.c_str(), path.c_str()) == 0 && ::unlink(path_.c_str()) == 0;
  }

  std::string path_;
  int descriptor_;
};

// Brings the pages of a mapped block in at once instead of one fault at a time. Only a hint.
void populate(Bytes block) {
  if (block.size() < kWriteBytes) return;
  const std::size_t into_page = reinterpret_cast<std::uintptr_t>(block.data()) % kPageBytes;
  ::madvise(const_cast<char*>(block.data()) - into_page, block.size() + into_page, MADV_POPULATE_READ);
}

Result<void> write_all(int descriptor, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    const Bytes block = bytes.substr(0, kWriteBytes);
    populate(block);
    const ssize_t written = ::write(descriptor, block.data(), block.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return model::io_error(path, "cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Room for the whole file at once: cheaper than page by page, and a full disk shows before anything is
// written. Where the file system cannot, the writes will do.
Result<void> reserve(int descriptor, std::uint64_t size, const std::string& path) {
  if (size < kWriteBytes) return {};
  if (::fallocate(descriptor, 0, 0, static_cast<off_t>(size)) == 0 || errno != ENOSPC) return {};
  return model::io_error(path, "cannot write", ENOSPC);
}

// An existing file keeps its permissions, a new one gets the source's, as with cp.
mode_t mode_for(const model::Rope& rope, const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return info.st_mode & 0777U;
  for (const auto& piece : rope.pieces()) {
    if (const model::MappedFile* file = rope.file_of(piece.bytes)) return static_cast<mode_t>(file->mode());
  }
  return 0666;
}

}  // namespace

Result<void> publish(const model::Rope& rope, const std::string& path, Existing existing) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path target(path);
  if (target.filename().empty()) return model::io_error(path, "cannot write", EISDIR);
  if (auto checked = model::check_replaceable(path); !checked) return checked;
  const std::string temporary_path =
      (target.parent_path() / fmt::format(".{}.{}.{}.padproof-tmp", target.filename().string().substr(0, 200),
                                          ::getpid(), counter++))
          .string();
  const int descriptor =
      ::open(temporary_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_for(rope, path));
  if (descriptor < 0) return model::io_error(path, "cannot create a file in the folder", errno);
  TemporaryFile temporary(temporary_path, descriptor);
  if (auto reserved = reserve(descriptor, rope.size(), path); !reserved) return reserved;
  for (const auto& piece : rope.pieces()) {
    if (auto written = write_all(descriptor, piece.bytes, path); !written) return written;
  }
  return temporary.rename_to(path, existing);
}

Result<void> write_standard_output(const model::Rope& rope) {
  for (const auto& piece : rope.pieces()) {
    if (auto written = write_all(STDOUT_FILENO, piece.bytes, "-"); !written) return written;
  }
  return {};
}

}  // namespace padproof::converter
