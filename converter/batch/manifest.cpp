// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/manifest.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <utility>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

using model::Bytes;
using model::Error;
using model::Result;

// Memory that a manifest may take while it is read, whatever its length.
constexpr std::size_t kReleased = std::size_t{1} << 20;

// Of every record.
constexpr Bytes kBeginning = "{\"schema_version\":\"1";

Error not_a_record(const std::string& path, std::size_t line) {
  return Error(model::Diagnostic{model::Fault::kMalformed,
                                 "manifest",
                                 "a line of the manifest is no record of a batch",
                                 "line " + std::to_string(line),
                                 "schema_version 1",
                                 {model::printable(path, model::kMostPrintablePath), {}, {}, {}}});
}

/// Calls `take(record, begin, end)` for each line. Returns where the last whole record ends: what follows was
/// torn off when it was written.
Result<std::uint64_t> read_records(const std::string& path, const model::MappedFile& file,
                                   const std::function<void(Record, std::uint64_t, std::uint64_t)>& take) {
  const Bytes text = file.bytes();
  std::uint64_t good = 0;
  std::size_t released = 0;
  std::size_t bad_line = 0;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    ++line;
    auto record = end == Bytes::npos ? std::nullopt : from_line(text.substr(begin, end - begin));
    // A torn line is the last.
    if (bad_line != 0) return not_a_record(path, bad_line);
    if (record) {
      good = end + 1;
      take(std::move(*record), begin, good);
    } else {
      bad_line = line;
    }
    if (end == Bytes::npos) break;
    begin = end + 1;
    if (begin - released < kReleased) continue;
    file.release(text.substr(released, kReleased));
    released += kReleased;
  }
  // A file of another kind is not to be cut.
  const Bytes torn = text.substr(static_cast<std::size_t>(good));
  if (torn.substr(0, kBeginning.size()) != kBeginning.substr(0, torn.size()))
    return not_a_record(path, bad_line);
  return good;
}

std::uint64_t hash_of(const std::string& source) { return std::hash<std::string>{}(source); }

Result<void> write_whole(int descriptor, const std::string& text, const std::string& path) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = ::write(descriptor, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return model::io_error(path, "cannot write", errno);
    at += static_cast<std::size_t>(written);
  }
  return {};
}

}  // namespace

Manifest::Manifest(Manifest&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      entries_(std::move(other.entries_)) {}

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

Result<void> Manifest::read() {
  const auto file = model::MappedFile::open(path_);
  if (!file) return Error(file.error());
  const Bytes text = (*file)->bytes();
  const auto good =
      read_records(path_, **file, [&](const Record& record, std::uint64_t begin, std::uint64_t end) {
        entries_.push_back({hash_of(record.source), begin, end});
      });
  if (!good) return Error(good.error());
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& left, const Entry& right) { return left.hash < right.hash; });
  if (*good == text.size()) return {};
  if (::ftruncate(descriptor_, static_cast<off_t>(*good)) != 0)
    return model::io_error(path_, "cannot cut off a torn line", errno);
  return {};
}

std::optional<Record> Manifest::find(const std::string& source) const {
  const auto [first, last] =
      std::equal_range(entries_.begin(), entries_.end(), Entry{hash_of(source), 0, 0},
                       [](const Entry& left, const Entry& right) { return left.hash < right.hash; });
  for (auto entry = last; entry != first;) {
    --entry;
    std::string line(static_cast<std::size_t>(entry->end - entry->begin), '\0');
    const ssize_t got = ::pread(descriptor_, line.data(), line.size(), static_cast<off_t>(entry->begin));
    if (got != static_cast<ssize_t>(line.size())) return std::nullopt;
    auto record = from_line(line);
    if (record && record->source == source) return record;
  }
  return std::nullopt;
}

Result<void> Manifest::append(const std::vector<Record>& records, Durability durability) {
  std::string text;
  for (const Record& record : records) text += to_line(record);
  if (text.empty()) return {};
  if (auto written = write_whole(descriptor_, text, path_); !written) return written;
  if (durability == Durability::kDisk && ::fdatasync(descriptor_) != 0 && errno != EINVAL)
    return model::io_error(path_, "cannot write", errno);
  return {};
}

Result<std::vector<Record>> merge_manifests(const std::vector<std::string>& paths) {
  std::map<std::string, std::pair<Record, const std::string*>> merged;
  for (const std::string& path : paths) {
    const auto file = model::MappedFile::open(path);
    if (!file) return Error(file.error());
    std::map<std::string, Record> last;
    const auto read = read_records(path, **file, [&](Record record, std::uint64_t, std::uint64_t) {
      std::string source = record.source;
      last.insert_or_assign(std::move(source), std::move(record));
    });
    if (!read) return Error(read.error());
    for (auto& [source, record] : last) {
      const auto [at, is_new] = merged.try_emplace(source, record, &path);
      if (!is_new && !says_the_same(at->second.first, record))
        return Error(model::Diagnostic{model::Fault::kUsage,
                                       "manifest-conflict",
                                       "two manifests say different things of " + source,
                                       model::printable(*at->second.second + " and " + path),
                                       {},
                                       {}});
    }
  }
  std::vector<Record> records;
  records.reserve(merged.size());
  for (auto& [source, each] : merged) records.push_back(std::move(each.first));
  return records;
}

}  // namespace padproof::converter
