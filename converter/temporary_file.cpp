// SPDX-License-Identifier: Apache-2.0
#include "converter/temporary_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

constexpr std::string_view kEnding = ".padproof-tmp";
// Of a name that gets an ending; file systems take 255 bytes.
constexpr std::size_t kMostNameBytes = 200;
// A batch comes back to the folders it has just left.
constexpr std::size_t kRememberedFolders = 64;
// Another process may take a new file for one left behind before it is locked.
constexpr int kMostTries = 10;

/// The temporary files there are.
struct Registry {
  std::mutex mutex;
  std::set<std::string> paths;
  bool is_closed = false;
};

Registry& registry() {
  static Registry all;
  return all;
}

void remove_if_left_behind(int folder, const char* name) {
  const int descriptor = ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  struct stat info {};
  const bool is_free =
      ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  // Removed while it is locked: an owner that comes late sees that it has no name any more.
  if (is_free) ::unlinkat(folder, name, 0);
  ::close(descriptor);
}

void remove_left_behind(const std::string& folder) {
  DIR* const entries = ::opendir(folder.empty() ? "." : folder.c_str());
  if (entries == nullptr) return;
  while (const dirent* const entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with('.') && name.ends_with(kEnding))
      remove_if_left_behind(::dirfd(entries), entry->d_name);
  }
  ::closedir(entries);
}

/// Locked, and with its name still: -1 with EAGAIN if somebody has taken it for one left behind.
int open_locked(const std::string& path, mode_t mode) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return -1;
  // File systems without locks leave it to the name.
  struct stat info {};
  if (::flock(descriptor, LOCK_EX) != 0 || ::fstat(descriptor, &info) != 0 || info.st_nlink > 0)
    return descriptor;
  ::close(descriptor);
  errno = EAGAIN;
  return -1;
}

}  // namespace

// As far as that is remembered.
void clean_folder(const std::string& folder) {
  static std::mutex mutex;
  static std::deque<std::string> cleaned;
  const std::scoped_lock lock(mutex);
  if (std::find(cleaned.begin(), cleaned.end(), folder) != cleaned.end()) return;
  if (cleaned.size() == kRememberedFolders) cleaned.pop_front();
  cleaned.push_back(folder);
  remove_left_behind(folder);
}

model::Result<TemporaryFile> TemporaryFile::create_for(const std::string& path, mode_t mode) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path target(path);
  const std::filesystem::path folder = target.parent_path();
  clean_folder(folder.string());
  const std::scoped_lock lock(registry().mutex);
  int error = EINTR;
  for (int tries = 0; tries < kMostTries && !registry().is_closed; ++tries) {
    std::string name =
        (folder / fmt::format(".{}.{}.{}{}", target.filename().string().substr(0, kMostNameBytes), ::getpid(),
                              counter++, kEnding))
            .string();
    const int descriptor = open_locked(name, mode);
    if (descriptor >= 0) {
      registry().paths.insert(name);
      return TemporaryFile(std::move(name), descriptor);
    }
    error = errno;
    // A process of the same number on another machine has the name, or lost it to a cleaner.
    if (error != EEXIST && error != EAGAIN) break;
  }
  return model::io_error(path, "cannot create a file in the folder", error);
}

TemporaryFile::TemporaryFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {
  other.path_.clear();
}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
  path_.swap(other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) {
    ::unlink(path_.c_str());
    forget();
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

void TemporaryFile::forget() {
  const std::scoped_lock lock(registry().mutex);
  registry().paths.erase(path_);
  path_.clear();
}

void remove_temporary_files() {
  const std::scoped_lock lock(registry().mutex);
  registry().is_closed = true;
  for (const std::string& path : registry().paths) ::unlink(path.c_str());
  registry().paths.clear();
}

}  // namespace padproof::converter
