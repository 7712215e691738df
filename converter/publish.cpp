// SPDX-License-Identifier: Apache-2.0
#include "converter/publish.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>

#include "model/digest.h"
#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;
using model::Bytes;
using model::Error;
using model::Result;

// Bytes that a single write takes from the map; both smaller and much larger ones are slower.
// (copy_file_range, which cp uses, moves page by page, and two pages for each where source and target are not
// aligned to each other.)
constexpr std::size_t kWriteBytes = std::size_t{1} << 20;
constexpr std::size_t kPageBytes = 4096;  // a larger page only makes the hint fail

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

/// Calls `write` for all bytes. What was written of a file that changed meanwhile is nothing that was ever
/// meant.
Result<void> write_pieces(const model::Rope& rope, const std::function<Result<void>(Bytes)>& write) {
  Result<void> written;
  model::each_run(rope, [&](Bytes run) {
    written = write(run);
    return written.has_value();
  });
  if (auto checked = rope.check_unchanged(); !checked) return checked;
  return written;
}

Result<void> write_file(const model::Rope& rope, int descriptor, const std::string& path,
                        const WriteOptions& how) {
  auto direct = how.cache == PageCache::kBypass && rope.size() >= kLargeFile
                    ? DirectWriter::open(descriptor, path, how.meanwhile)
                    : nullptr;
  if (direct == nullptr)
    return write_pieces(rope, [&](Bytes run) { return write_all(descriptor, run, path); });
  const auto written = write_pieces(rope, [&](Bytes run) {
    populate(run);
    return direct->write(run);
  });
  return written ? direct->finish() : written;
}

// Room for the whole file at once: cheaper than page by page, and a full disk shows before anything is
// written. Where the file system cannot, the writes will do.
Result<void> reserve(int descriptor, std::uint64_t size, const std::string& path) {
  if (size < kLargeFile) return {};
  if (::fallocate(descriptor, 0, 0, static_cast<off_t>(size)) == 0 || errno != ENOSPC) return {};
  return model::io_error(path, "cannot write", ENOSPC);
}

constexpr mode_t kPermissions = 0777;

std::optional<struct stat> existing_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

/// The file that takes the place of another one belongs to whom that one belonged, where that is permitted.
void keep_owner(int descriptor, const struct stat& existing) {
  struct stat mine {};
  if (::fstat(descriptor, &mine) != 0) return;
  const bool is_same = mine.st_uid == existing.st_uid && mine.st_gid == existing.st_gid;
  if (is_same || ::fchown(descriptor, existing.st_uid, existing.st_gid) == 0) return;
  // A group of one's own may be given without being anybody else.
  if (::fchown(descriptor, static_cast<uid_t>(-1), existing.st_gid) != 0) return;
}

mode_t mode_of_source(const model::Rope& rope) {
  for (const auto& piece : rope.pieces())
    if (const model::MappedFile* file = rope.file_of(piece.bytes)) return static_cast<mode_t>(file->mode());
  return 0666;
}

/// The file that is meant by `path`: what a symbolic link names, if that is there.
Result<std::string> behind_link(const std::string& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  auto file = fs::canonical(path, error);
  if (error) return model::io_error(path, "cannot write through a link to nothing", error.value());
  return file.string();
}

bool is_there_already(const std::string& made, const std::string& path) {
  const auto mine = model::digest_of_file(made);
  const auto present = model::digest_of_file(path);
  return mine && present && mine->sha256 == present->sha256;
}

bool rename_to(const std::string& from, const std::string& to, Existing existing) {
  if (existing == Existing::kReplace) return ::rename(from.c_str(), to.c_str()) == 0;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  // Not every file system has that; a second name does the same, and the first goes anyway.
  if (errno != EINVAL && errno != ENOSYS) return false;
  return ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0;
}

}  // namespace

Result<Publication> Publication::prepare(const model::Rope& rope, const std::string& path,
                                         const WriteOptions& how) {
  if (fs::path(path).filename().empty()) return model::io_error(path, "cannot write", EISDIR);
  if (auto checked = model::check_replaceable(path); !checked) return Error(checked.error());
  auto target = behind_link(path);
  if (!target) return Error(target.error());
  const auto existing = existing_at(*target);
  const mode_t mode = existing ? existing->st_mode & kPermissions : mode_of_source(rope);
  auto file = TemporaryFile::create_for(*target, mode);
  if (!file) return Error(file.error());
  // What the mask of the process takes from a new file is not taken from one that has its permissions.
  if (existing) {
    keep_owner(file->descriptor(), *existing);
    if (::fchmod(file->descriptor(), mode) != 0) return model::io_error(path, "cannot write", errno);
  }
  if (auto reserved = reserve(file->descriptor(), rope.size(), path); !reserved)
    return Error(reserved.error());
  if (auto written = write_file(rope, file->descriptor(), path, how); !written) return Error(written.error());
  return Publication(std::move(*target), std::move(*file));
}

Result<void> Publication::flush() const {
  // EINVAL: a file system that has no disk behind it.
  if (::fsync(file_.descriptor()) == 0 || errno == EINVAL) return {};
  return model::io_error(path_, "cannot write", errno);
}

Result<void> Publication::commit(Existing existing) {
  if (original_)
    if (auto ready = original_->make_way(); !ready)
      // One of two links to a file was faster.
      return is_there_already(file_.path(), path_) ? Result<void>() : ready;
  if (!rename_to(file_.path(), path_, existing)) return model::io_error(path_, "cannot rename to", errno);
  file_.forget();
  return {};
}

Result<void> flush_names_beside(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return model::io_error(folder.string(), "cannot open the folder", errno);
  const bool is_done = ::fsync(descriptor) == 0 || errno == EINVAL;
  const int error = errno;
  ::close(descriptor);
  if (!is_done) return model::io_error(folder.string(), "cannot write the folder", error);
  return {};
}

Result<void> publish(const model::Rope& rope, const std::string& path, Existing existing, PageCache cache) {
  auto publication = Publication::prepare(rope, path, {cache, nullptr});
  if (!publication) return Error(publication.error());
  if (auto flushed = publication->flush(); !flushed) return flushed;
  if (auto committed = publication->commit(existing); !committed) return committed;
  return flush_names_beside(publication->path());
}

Result<void> write_standard_output(const model::Rope& rope) {
  return write_pieces(rope, [](Bytes run) { return write_all(STDOUT_FILENO, run, "-"); });
}

}  // namespace padproof::converter
