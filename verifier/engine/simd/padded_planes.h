// SPDX-License-Identifier: Apache-2.0
// Planes with their padding written out, so that windows read cells without asking where the input ends.
//
// Along each axis the cells are sorted by phase: those that tap 0 of the windows reads, then those that the
// next tap reads which is not a multiple of the stride away, and so on. Whatever the stride, what
// neighbouring windows read at one tap are neighbours; with stride 1 the cells stay in order.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/engine/simd/moves.h"

namespace padproof::verifier::simd {

struct PaddedAxis {
  explicit PaddedAxis(const WindowAxis& of);
  [[nodiscard]] std::int64_t extent() const { return std::ssize(phases) * length; }
  /// Where window 0 finds `tap`; window i finds it i places later.
  [[nodiscard]] std::int64_t place(std::int64_t tap) const;
  /// The cell of the input at a place, or kPadding.
  [[nodiscard]] std::int64_t cell(std::int64_t place) const;

  WindowAxis axis;
  std::vector<std::int64_t> phases;  // distance of each phase's first cell from where window 0 begins
  std::int64_t length;               // cells of a phase
};

/// In place of a cell: outside of the input.
inline constexpr std::int64_t kPadding = -1;

/// Windows that follow one another in a row of the output.
struct Run {
  std::int64_t from;   // where the first finds tap (0, 0) in the padded plane
  std::int64_t count;  // of windows
  std::int64_t to;     // their place among all that were asked for
};

/// One vector of a line. All vectors are whole: what one writes too much the next overwrites.
struct LineMove {
  Move move;
  std::int64_t to = 0;
};

class PaddedPlanes {
 public:
  explicit PaddedPlanes(const PlaneWindow& window);

  [[nodiscard]] const PaddedAxis& rows() const { return rows_; }
  [[nodiscard]] const PaddedAxis& columns() const { return columns_; }
  /// Elements from a plane to the next, more than there are cells: vectors may reach beyond the last one.
  [[nodiscard]] std::int64_t step() const { return step_; }
  /// Where window (0, 0) finds the terms of a sum over `channels`, each with its taps row-major.
  [[nodiscard]] std::vector<std::int64_t> terms(std::int64_t channels) const;
  /// Windows [begin, begin+count) of the output plane, row-major, in runs of at most `most`.
  [[nodiscard]] std::vector<Run> runs(std::int64_t begin, std::int64_t count, std::int64_t most) const;
  /// Whether each window reads the next cell, from the first to the last: planes are lists of windows.
  [[nodiscard]] bool is_dense() const;

  /// Lays out one plane of floats.
  void fill(const float* from, float* to) const;

 private:
  PaddedAxis rows_;
  PaddedAxis columns_;
  std::int64_t step_;
  std::vector<LineMove> moves_;      // of a line
  std::vector<std::int64_t> lines_;  // where in the input each begins, or kPadding
};

/// Whether so many planes may be laid out: there is no end to the padding and the taps that a node may ask
/// for.
bool can_pad(const PlaneWindow& window, std::int64_t planes, std::int64_t in_plane);

}  // namespace padproof::verifier::simd
