// SPDX-License-Identifier: Apache-2.0
#include "converter/publish.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

using model::Bytes;
using model::Result;

// Below this a copy through user space costs less than the system call's set-up.
constexpr std::size_t kKernelCopyThreshold = std::size_t{64} << 10;

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

  Result<void> rename_to(const std::string& path) {
    // Network and quota file systems report what they could not store only here.
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) return model::io_error(path, "cannot write", errno);
    if (::rename(path_.c_str(), path.c_str()) != 0) return model::io_error(path, "cannot rename to", errno);
    path_.clear();
    return {};
  }

 private:
  std::string path_;
  int descriptor_;
};

Result<void> write_all(int descriptor, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return model::io_error(path, "cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// What is left of `bytes` after the kernel has copied what it can: all of it across some file systems.
Bytes copy_in_kernel(const model::MappedFile& file, int descriptor, Bytes bytes) {
  auto offset = static_cast<off64_t>(bytes.data() - file.bytes().data());
  while (!bytes.empty()) {
    const ssize_t copied = ::copy_file_range(file.descriptor(), &offset, descriptor, nullptr, bytes.size(), 0);
    if (copied <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(copied));
  }
  return bytes;
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

Result<void> publish(const model::Rope& rope, const std::string& path) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path target(path);
  if (target.filename().empty()) return model::io_error(path, "cannot write", EISDIR);
  const std::string temporary_path =
      (target.parent_path() / fmt::format(".{}.{}.{}.padproof-tmp", target.filename().string().substr(0, 200),
                                          ::getpid(), counter++)).string();
  const int descriptor = ::open(temporary_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_for(rope, path));
  if (descriptor < 0) return model::io_error(path, "cannot create a file in the folder", errno);
  TemporaryFile temporary(temporary_path, descriptor);
  for (const auto& piece : rope.pieces()) {
    Bytes left = piece.bytes;
    if (left.size() >= kKernelCopyThreshold) {
      if (const model::MappedFile* file = rope.file_of(left)) left = copy_in_kernel(*file, descriptor, left);
    }
    if (auto written = write_all(descriptor, left, path); !written) return written;
  }
  return temporary.rename_to(path);
}

Result<void> write_standard_output(const model::Rope& rope) {
  for (const auto& piece : rope.pieces()) {
    if (auto written = write_all(STDOUT_FILENO, piece.bytes, "-"); !written) return written;
  }
  return {};
}

}  // namespace padproof::converter
