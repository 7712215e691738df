// SPDX-License-Identifier: Apache-2.0
#include "model/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace padproof::model {
MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  ::close(descriptor_);
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
  const std::shared_ptr<MappedFile> file(new MappedFile(descriptor));
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return io_error(path, "cannot stat", errno);
  if (S_ISDIR(info.st_mode)) return io_error(path, "cannot read", EISDIR);
  if (!S_ISREG(info.st_mode)) {
    Diagnostic diagnostic{Fault::kIo, "not-a-file", "not a regular file", {}, {}, {}};
    diagnostic.where.file = path;
    return Error(std::move(diagnostic));
  }
  file->mode_ = static_cast<std::uint32_t>(info.st_mode) & 0777U;
  if (info.st_size == 0) return file;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) return io_error(path, "cannot map", errno);
  file->bytes_ = Bytes(static_cast<const char*>(address), size);
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

Result<std::shared_ptr<const Rope>> read_standard_input() {
  std::string all;
  std::string block(std::size_t{1} << 20, '\0');
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("-", "cannot read standard input", errno);
    if (got == 0) break;
    all.append(block, 0, static_cast<std::size_t>(got));
  }
  auto rope = std::make_shared<Rope>();
  rope->append_owned(std::move(all));
  return rope;
}

}  // namespace padproof::model
