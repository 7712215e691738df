// SPDX-License-Identifier: Apache-2.0
// A logical file made of pieces: ranges of other files and a few new bytes.
//
// A file as read is a rope of one piece. What the converter makes is a rope too, so the judge reads both in
// the same way, and two pieces at one address are identical without being compared.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "model/bytes.h"
#include "model/result.h"

namespace padproof::model {

class MappedFile;

class Rope {
 public:
  struct Piece {
    std::uint64_t begin;  // logical offset in bytes
    Bytes bytes;
  };

  Rope() = default;
  Rope(const Rope&) = delete;
  Rope& operator=(const Rope&) = delete;

  /// Appends a view; what it points into must be kept alive with keep().
  void append(Bytes bytes);
  /// Appends bytes that the rope owns.
  void append_owned(std::string bytes);
  /// Ties the lifetime of a mapped file, or of all that another rope keeps alive, to this rope's.
  void keep(std::shared_ptr<const MappedFile> file) { files_.push_back(std::move(file)); }
  void keep(std::shared_ptr<const Rope> rope) { ropes_.push_back(std::move(rope)); }
  /// The mapped file whose memory holds `bytes`, or null.
  [[nodiscard]] const MappedFile* file_of(Bytes bytes) const;

  /// An error (`changed`) if one of the files kept is no longer what it was when it was opened.
  [[nodiscard]] Result<void> check_unchanged() const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

  /// Bytes [begin, end) in one run. Copies only when the range crosses pieces. Requires begin <= end <=
  /// size(). Not safe to call from two threads at once on a rope of several pieces.
  [[nodiscard]] Bytes view(std::uint64_t begin, std::uint64_t end) const;
  /// The rest of the piece that holds `offset`, up to `end`. Never copies. Requires offset < end <= size().
  [[nodiscard]] Bytes run_at(std::uint64_t offset, std::uint64_t end) const;

  /// Appends bytes [begin, end) of `source` as views, piece by piece.
  void append_range(const Rope& source, std::uint64_t begin, std::uint64_t end);

 private:
  [[nodiscard]] std::size_t piece_at(std::uint64_t offset) const;

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
  std::vector<std::shared_ptr<const MappedFile>> files_;
  std::vector<std::shared_ptr<const Rope>> ropes_;
  std::deque<std::string> owned_;           // stable addresses
  mutable std::deque<std::string> joined_;  // copies of ranges that cross pieces
};

}  // namespace padproof::model
