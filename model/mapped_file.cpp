// SPDX-License-Identifier: Apache-2.0
#include "model/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace padproof::model {
namespace {

// Shorter files are left in memory: they will be read again.
constexpr std::size_t kLongFile = std::size_t{256} << 20;

Error not_a_file(const std::string& path, std::string what) {
  Diagnostic diagnostic{Fault::kIo, "not-a-file", std::move(what), {}, {}, {}};
  diagnostic.where.file = path;
  return Error(std::move(diagnostic));
}

bool is_same_time(const timespec& left, const timespec& right) {
  return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

}  // namespace

// The time of the last change can be set by nobody, but other permissions and a link more or less count as a
// change too. A link more and then one less leaves nothing but that time.
Change change_of(const struct stat& was, const struct stat& is) {
  if (was.st_size != is.st_size || !is_same_time(was.st_mtim, is.st_mtim)) return Change::kChanged;
  if (is_same_time(was.st_ctim, is.st_ctim) || was.st_nlink != is.st_nlink) return Change::kNone;
  return Change::kTouched;
}

MappedFile::~MappedFile() {
  guard_.reset();
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  ::close(descriptor_);
}

Result<void> MappedFile::check_unchanged() const {
  struct stat now {};
  if (::fstat(descriptor_, &now) != 0) return io_error(path_, "cannot stat", errno);
  const bool has_lost_pages = guard_ && guard_->has_lost_pages();
  const Change change = has_lost_pages ? Change::kChanged : change_of(opened_, now);
  if (change == Change::kNone) return {};
  Diagnostic diagnostic{Fault::kIo,
                        change == Change::kTouched ? "touched" : "changed",
                        "the file changed while it was read",
                        {},
                        {},
                        {}};
  if (opened_.st_size != now.st_size) {
    diagnostic.got = std::to_string(now.st_size) + " bytes";
    diagnostic.limit = std::to_string(opened_.st_size) + " bytes";
  }
  diagnostic.where.file = path_;
  return Error(std::move(diagnostic));
}

void MappedFile::release(Bytes range) const {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = (reinterpret_cast<std::uintptr_t>(range.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(range.data() + range.size()) / page * page;
  // Of a file's read-only mapping nothing can be lost, and failing costs only memory.
  if (first < end)
    ::madvise(const_cast<char*>(range.data()) + (first - reinterpret_cast<std::uintptr_t>(range.data())),
              end - first, MADV_DONTNEED);
}

void release_if_long(const Rope& rope, Bytes run) {
  if (rope.size() < kLongFile) return;
  const MappedFile* const file = rope.file_of(run);
  if (file != nullptr && file->bytes().size() >= kLongFile) file->release(run);
}

bool each_run(const Rope& rope, const std::function<bool(Bytes)>& use) {
  for (std::uint64_t at = 0; at < rope.size();) {
    const Bytes run = rope.run_at(at, std::min<std::uint64_t>(rope.size(), at + kRunBytes));
    if (!use(run)) return false;
    release_if_long(rope, run);
    at += run.size();
  }
  return true;
}

std::string normal_path(const std::string& path) {
  std::error_code error;
  // weakly_canonical leaves a relative path relative if nothing of it exists.
  const auto absolute = std::filesystem::absolute(path, error);
  if (error) return path;
  const auto canonical = std::filesystem::weakly_canonical(absolute, error);
  return (error ? absolute.lexically_normal() : canonical).string();
}

Error io_error(const std::string& path, const std::string& what, int error_number) {
  Diagnostic diagnostic{Fault::kIo, "io", what, std::strerror(error_number), {}, {}};
  diagnostic.where.file = path;
  return Error(std::move(diagnostic));
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  // O_NONBLOCK: opening a FIFO that nobody writes to must not hang.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return io_error(path, "cannot open", errno);
  const std::shared_ptr<MappedFile> file(new MappedFile(path, descriptor));
  struct stat& info = file->opened_;
  if (::fstat(descriptor, &info) != 0) return io_error(path, "cannot stat", errno);
  if (S_ISDIR(info.st_mode)) return io_error(path, "cannot read", EISDIR);
  if (!S_ISREG(info.st_mode)) return not_a_file(path, "not a regular file");
  file->mode_ = static_cast<std::uint32_t>(info.st_mode) & 0777U;
  if (info.st_size == 0) return file;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) return io_error(path, "cannot map", errno);
  file->bytes_ = Bytes(static_cast<const char*>(address), size);
  file->guard_.emplace(file->bytes_);
  return file;
}

Result<std::shared_ptr<const Rope>> map_file(const std::string& path) {
  auto file = MappedFile::open(path);
  if (!file) return Error(file.error());
  auto rope = std::make_shared<Rope>();
  rope->append((*file)->bytes());
  rope->keep(std::move(*file));
  return rope;
}

Result<std::shared_ptr<const Rope>> read_standard_input(std::size_t most) {
  std::string all;
  std::string block(std::size_t{1} << 20, '\0');
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("-", "cannot read standard input", errno);
    if (got == 0) break;
    if (static_cast<std::size_t>(got) > most - all.size()) {
      Diagnostic diagnostic{Fault::kIo,
                            "input-too-long",
                            "standard input is too long for a model",
                            {},
                            std::to_string(most) + " bytes",
                            {}};
      diagnostic.where.file = "-";
      return Error(std::move(diagnostic));
    }
    all.append(block, 0, static_cast<std::size_t>(got));
  }
  auto rope = std::make_shared<Rope>();
  rope->append_owned(std::move(all));
  return rope;
}

Result<void> check_replaceable(const std::string& path) {
  struct stat target {};
  if (::stat(path.c_str(), &target) != 0) return {};
  if (S_ISDIR(target.st_mode)) return io_error(path, "cannot write", EISDIR);
  if (!S_ISREG(target.st_mode)) return not_a_file(path, "the output is not a regular file");
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat info {};
    if (::fstat(stream, &info) == 0 && info.st_dev == target.st_dev && info.st_ino == target.st_ino) {
      return not_a_file(path, "the output is where standard output or standard error go: use -");
    }
  }
  return {};
}

}  // namespace padproof::model
