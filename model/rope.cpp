// SPDX-License-Identifier: Apache-2.0
#include "model/rope.h"

#include <algorithm>
#include <cassert>

#include "model/mapped_file.h"

namespace padproof::model {

void Rope::append(Bytes bytes) {
  if (bytes.empty()) return;
  // Neighbouring ranges of one store are one range: long runs are copied by the kernel, short ones are not.
  if (!pieces_.empty() && pieces_.back().bytes.data() + pieces_.back().bytes.size() == bytes.data()) {
    Bytes& last = pieces_.back().bytes;
    last = Bytes(last.data(), last.size() + bytes.size());
  } else {
    pieces_.push_back({size_, bytes});
  }
  size_ += bytes.size();
}

void Rope::append_owned(std::string bytes) {
  owned_.push_back(std::move(bytes));
  append(owned_.back());
}

const MappedFile* Rope::file_of(Bytes bytes) const {
  for (const auto& file : files_) {
    if (file->holds(bytes)) return file.get();
  }
  for (const auto& rope : ropes_) {
    if (const MappedFile* file = rope->file_of(bytes)) return file;
  }
  return nullptr;
}

Result<void> Rope::check_unchanged() const {
  for (const auto& file : files_)
    if (auto checked = file->check_unchanged(); !checked) return checked;
  for (const auto& rope : ropes_)
    if (auto checked = rope->check_unchanged(); !checked) return checked;
  return {};
}

std::size_t Rope::piece_at(std::uint64_t offset) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](std::uint64_t value, const Piece& piece) { return value < piece.begin; });
  assert(after != pieces_.begin());
  return static_cast<std::size_t>(after - pieces_.begin()) - 1;
}

Bytes Rope::run_at(std::uint64_t offset, std::uint64_t end) const {
  assert(offset < end && end <= size_);
  const Piece& piece = pieces_[piece_at(offset)];
  return piece.bytes.substr(offset - piece.begin, end - offset);
}

Bytes Rope::view(std::uint64_t begin, std::uint64_t end) const {
  assert(begin <= end && end <= size_);
  if (begin == end) return {};
  const Bytes first = run_at(begin, end);
  if (first.size() == end - begin) return first;
  std::string joined;
  joined.reserve(end - begin);
  for (std::uint64_t at = begin; at < end;) {
    const Bytes run = run_at(at, end);
    joined += run;
    at += run.size();
  }
  joined_.push_back(std::move(joined));
  return joined_.back();
}

void Rope::append_range(const Rope& source, std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t at = begin; at < end;) {
    const Bytes run = source.run_at(at, end);
    append(run);
    at += run.size();
  }
}

}  // namespace padproof::model
