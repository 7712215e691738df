// SPDX-License-Identifier: Apache-2.0
// Lays out, for a strip of windows, the cells that their taps read: one row for each channel and tap.
#pragma once

#include "verifier/engine/simd/moves.h"

namespace padproof::verifier::simd {

/// Floats beyond the last row that pack() may overwrite.
inline constexpr std::int64_t kPackSlack = 16;

/// One vector of a packed row. All vectors are whole; what one writes too much the next overwrites.
struct PackedMove {
  Move move;
  std::int64_t to = 0;
};

/// Of a packed matrix: where its rows come from and go to.
struct PackedRows {
  const float* channel;  // of the first row
  std::int64_t plane;
  std::int64_t taps;
  std::int64_t tap;  // of the first row
  std::int64_t depth;
  std::int64_t width;
};

/// Lines whose every `phases`th cell are neighbours, so that strided windows read whole vectors: first the
/// cells 0, phases, 2*phases, ... then 1, phases+1, ... With one phase lines are as they were.
struct SplitColumns {
  std::int64_t phases = 1;
  std::int64_t length = 0;  // of one phase
  [[nodiscard]] std::int64_t line() const { return phases * length; }
};
/// Lays out `lines` lines of `extent` cells.
void split_columns(const SplitColumns& columns, std::int64_t extent, const float* x, std::int64_t lines,
                   float* out);

/// Windows [begin, begin+count) of a plane, row-major.
class StripCells {
 public:
  /// `columns` says how the lines of the planes are laid out.
  StripCells(const PlaneWindow& plane, const SplitColumns& columns, std::int64_t begin, std::int64_t count);

  /// Rows [first, first+depth) of the matrix (channel-major, then taps row-major), `width` >= count floats
  /// apart, padding being 0; what is beyond `count` is not defined. `x` is the first channel's plane.
  void pack(const float* x, std::int64_t first, std::int64_t depth, std::int64_t width, float* out) const;

 private:
  /// Windows of one row, at most a vector of them.
  struct Run {
    std::int64_t row;
    std::int64_t column;
    std::int64_t count;
    std::int64_t to;
  };
  [[nodiscard]] std::vector<Move> moves_in_line() const;

  PlaneWindow window_;
  SplitColumns columns_;
  std::vector<Run> runs_;
  std::vector<PackedMove> moves_;  // by tap, as many for each
};

}  // namespace padproof::verifier::simd
