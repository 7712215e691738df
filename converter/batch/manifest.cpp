// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/manifest.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

using model::Error;
using model::Result;

std::uint64_t hash_of(const std::string& source) { return std::hash<std::string>{}(source); }

/// Adds to `done` what is written, also where it fails.
Result<void> write_whole(int descriptor, const std::string& text, const std::string& path,
                         std::size_t& done) {
  while (done < text.size()) {
    const ssize_t written = ::write(descriptor, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return model::io_error(path, "cannot write", errno);
    done += static_cast<std::size_t>(written);
  }
  return {};
}

Error is_lost(const std::string& path) {
  return Error(model::Diagnostic{model::Fault::kIo,
                                 "manifest",
                                 "the manifest was removed or replaced while the batch ran",
                                 {},
                                 {},
                                 {path, {}, {}, {}}});
}

}  // namespace

Manifest::Manifest(Manifest&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      entries_(std::move(other.entries_)),
      is_seen_(std::move(other.is_seen_)),
      damage_(other.damage_),
      ends_line_(other.ends_line_),
      is_broken_(other.is_broken_) {}

Manifest::~Manifest() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Manifest> Manifest::open_unlocked(const std::string& path) {
  if (auto checked = model::check_replaceable(path); !checked) return Error(checked.error());
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
  if (descriptor < 0) return model::io_error(path, "cannot open the manifest", errno);
  return Manifest(path, descriptor);
}

// File systems without locks: two batches at once then write their records between each other's.
bool Manifest::try_lock() const {
  return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void Manifest::lock() const {
  while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
  }
}

bool Manifest::has_its_name() const {
  struct stat mine {};
  struct stat named {};
  return ::fstat(descriptor_, &mine) == 0 && ::stat(path_.c_str(), &named) == 0 &&
         mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

Result<void> Manifest::read() {
  const auto file = model::MappedFile::open(path_);
  if (!file) return Error(file.error());
  const auto lines =
      read_lines(path_, **file, [&](const Record& record, std::uint64_t begin, std::uint64_t end) {
        entries_.push_back({hash_of(record.source), begin, end});
      });
  if (!lines) return Error(lines.error());
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& left, const Entry& right) { return left.hash < right.hash; });
  is_seen_.resize(entries_.size());
  damage_ = lines->damage;
  ends_line_ = lines->ends_line;
  if (lines->is_torn && ::ftruncate(descriptor_, static_cast<off_t>(lines->good)) != 0)
    return model::io_error(path_, "cannot cut off a torn line", errno);
  return {};
}

std::pair<std::size_t, std::size_t> Manifest::entries_of(std::uint64_t hash) const {
  const auto [first, last] =
      std::equal_range(entries_.begin(), entries_.end(), Entry{hash, 0, 0},
                       [](const Entry& left, const Entry& right) { return left.hash < right.hash; });
  return {first - entries_.begin(), last - entries_.begin()};
}

std::optional<Record> Manifest::record_at(const Entry& entry) const {
  std::string line(static_cast<std::size_t>(entry.end - entry.begin), '\0');
  const ssize_t got = ::pread(descriptor_, line.data(), line.size(), static_cast<off_t>(entry.begin));
  if (got != static_cast<ssize_t>(line.size())) return std::nullopt;
  return from_line(line);
}

std::optional<Record> Manifest::find(const std::string& source) const {
  return find_if(source, [](const Record&) { return true; });
}

std::optional<Record> Manifest::find_if(const std::string& source,
                                        const std::function<bool(const Record&)>& is_wanted) const {
  const auto [first, last] = entries_of(hash_of(source));
  for (std::size_t at = last; at != first;) {
    auto record = record_at(entries_[--at]);
    if (record && record->source == source && is_wanted(*record)) return record;
  }
  return std::nullopt;
}

void Manifest::mark_seen(const std::string& source) {
  const auto [first, last] = entries_of(hash_of(source));
  if (first != last) is_seen_[last - 1] = true;
}

void Manifest::each_last(Which which, const std::function<void(const Record&)>& use) const {
  for (std::size_t at = 0; at < entries_.size(); ++at) {
    // Of two sources with one hash only one is met: too few are gone or claim a file then.
    const bool is_last = at + 1 == entries_.size() || entries_[at + 1].hash != entries_[at].hash;
    if (!is_last || (which == Which::kUnseen && is_seen_[at])) continue;
    if (const auto record = record_at(entries_[at])) use(*record);
  }
}

Result<void> Manifest::append(const std::vector<Record>& records, Durability durability) {
  std::string text = ends_line_ ? "" : "\n";
  for (const Record& record : records) text += to_line(record);
  if (records.empty()) return {};
  struct stat before {};
  if (is_broken_ || ::fstat(descriptor_, &before) != 0 || before.st_nlink == 0) {
    is_broken_ = true;
    return is_lost(path_);
  }
  std::size_t done = 0;
  auto written = write_whole(descriptor_, text, path_, done);
  if (written && durability == Durability::kDisk && ::fdatasync(descriptor_) != 0 && errno != EINVAL)
    written = model::io_error(path_, "cannot write", errno);
  ends_line_ = ends_line_ || written;
  if (written) return {};
  // The next record would become a part of the torn line. Unless another process has written behind it.
  is_broken_ = true;
  struct stat now {};
  const off_t end = before.st_size + static_cast<off_t>(done);
  if (::fstat(descriptor_, &now) == 0 && now.st_size == end && ::ftruncate(descriptor_, before.st_size) != 0)
    return written;  // the next run cuts it off
  return written;
}

}  // namespace padproof::converter
