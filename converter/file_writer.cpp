// SPDX-License-Identifier: Apache-2.0
#include "converter/file_writer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

using model::Bytes;
using model::Result;

// Bytes that a single write takes; both smaller and much larger ones are slower.
// (copy_file_range, which cp uses, moves page by page, and two pages for each where source and target are not
// aligned to each other.)
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kPageBytes = 4096;  // a larger page only makes the hint fail
// Of memory, offsets and lengths that go past the cache: a multiple of every usual disk's block. Where it is
// not enough, the first write says so.
constexpr std::size_t kAlignment = 4096;

// Brings the pages of a mapped block in at once instead of one fault at a time. Only a hint.
void populate(Bytes block) {
  if (block.size() < kBlockBytes) return;
  const std::size_t into_page = reinterpret_cast<std::uintptr_t>(block.data()) % kPageBytes;
  ::madvise(const_cast<char*>(block.data()) - into_page, block.size() + into_page, MADV_POPULATE_READ);
}

/// Whether it could be done.
bool set_bypass(int descriptor, bool is_wanted) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return false;
  return ::fcntl(descriptor, F_SETFL, is_wanted ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

}  // namespace

FileWriter::FileWriter(int descriptor, std::string path, PageCache cache)
    : descriptor_(descriptor), path_(std::move(path)) {
  if (cache == PageCache::kKeep) return;
  block_.reset(static_cast<char*>(std::aligned_alloc(kAlignment, kBlockBytes)));
  is_bypassing_ = block_ != nullptr && set_bypass(descriptor_, true);
  if (!is_bypassing_) block_.reset();
}

Result<void> FileWriter::write(Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes part = bytes.substr(0, kBlockBytes - held_);
    populate(part);
    bytes.remove_prefix(part.size());
    if (block_ == nullptr) {
      if (auto written = write_out(part); !written) return written;
      continue;
    }
    std::memcpy(block_.get() + held_, part.data(), part.size());
    held_ += part.size();
    if (held_ < kBlockBytes) continue;
    if (auto written = write_out({block_.get(), held_}); !written) return written;
    held_ = 0;
  }
  return {};
}

Result<void> FileWriter::finish() {
  const Bytes rest(block_.get(), held_);
  const std::size_t whole = held_ / kAlignment * kAlignment;
  held_ = 0;
  if (auto written = write_out(rest.substr(0, whole)); !written) return written;
  if (is_bypassing_) stop_bypassing();
  return write_out(rest.substr(whole));
}

Result<void> FileWriter::write_out(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    // What was not for want of alignment comes again.
    if (written < 0 && is_bypassing_) {
      stop_bypassing();
      continue;
    }
    if (written < 0) return model::io_error(path_, "cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    // A write that was cut short leaves the rest anywhere.
    if (is_bypassing_ && static_cast<std::size_t>(written) % kAlignment != 0) stop_bypassing();
  }
  return {};
}

void FileWriter::stop_bypassing() {
  is_bypassing_ = false;
  set_bypass(descriptor_, false);
}

}  // namespace padproof::converter
