// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/cells.h"

#include <algorithm>

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/cells.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "verifier/engine/simd/moves-inl.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

void pack_rows(const PackedMove* moves, std::int64_t per_tap, const PackedRows& all, std::int64_t stride,
               float* out) {
  with_load(stride, [&](auto load) HWY_ATTR {
    PackedRows rows = all;
    for (std::int64_t k = 0; k < rows.depth; ++k, out += rows.width) {
      const PackedMove* const first = moves + rows.tap * per_tap;
      for (std::int64_t i = 0; i < per_tap; ++i)
        hn::StoreU(load(rows.channel, first[i].move), Tag(), out + first[i].to);
      if (++rows.tap < rows.taps) continue;
      rows.tap = 0;
      rows.channel += rows.plane;
    }
  });
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "verifier/engine/simd/strip.h"

namespace padproof::verifier::simd {
namespace {

HWY_EXPORT(pack_rows);

}  // namespace

void split_columns(const SplitColumns& columns, std::int64_t extent, const float* x, std::int64_t lines,
                   float* out) {
  for (std::int64_t line = 0; line < lines; ++line, x += extent, out += columns.line())
    for (std::int64_t phase = 0; phase < columns.phases; ++phase)
      for (std::int64_t i = 0; phase + i * columns.phases < extent; ++i)
        out[phase * columns.length + i] = x[phase + i * columns.phases];
}

StripCells::StripCells(const PlaneWindow& plane, const SplitColumns& columns, std::int64_t begin,
                       std::int64_t count)
    : window_(plane), columns_(columns) {
  for (std::int64_t at = begin; at < begin + count;) {
    const std::int64_t column = at % window_.columns.out;
    const std::int64_t length = std::min({window_.columns.out - column, begin + count - at, lanes()});
    runs_.push_back({at / window_.columns.out, column, length, at - begin});
    at += length;
  }
  const std::vector<Move> in_line = moves_in_line();
  moves_.reserve(in_line.size() * static_cast<std::size_t>(window_.rows.kernel));
  for (std::int64_t tap_row = 0; tap_row < window_.rows.kernel; ++tap_row)
    for (std::size_t i = 0; i < in_line.size(); ++i) {
      const Run& run = runs_[i % runs_.size()];
      const auto line = position(window_.rows, run.row, tap_row);
      PackedMove packed{line ? in_line[i] : Move{}, run.to};
      if (line) packed.move.from += *line * columns_.line();
      moves_.push_back(packed);
    }
}

/// By tap column and run: where the cells are in a line as it is laid out.
std::vector<Move> StripCells::moves_in_line() const {
  std::vector<Move> moves;
  for (std::int64_t tap = 0; tap < window_.columns.kernel; ++tap)
    for (const Run& run : runs_) {
      Move move = move_of(window_.columns, tap, run.column, run.count);
      const std::int64_t phase = (move.from % columns_.phases + columns_.phases) % columns_.phases;
      move.from = phase * columns_.length + (move.from - phase) / columns_.phases;
      moves.push_back(move);
    }
  return moves;
}

void StripCells::pack(const float* x, std::int64_t first, std::int64_t depth, std::int64_t width,
                      float* out) const {
  const std::int64_t plane = window_.rows.in * columns_.line();
  const std::int64_t taps = window_.taps();
  const PackedRows rows{x + first / taps * plane, plane, taps, first % taps, depth, width};
  HWY_DYNAMIC_DISPATCH(pack_rows)
  (moves_.data(), std::ssize(moves_) / taps, rows, columns_.phases > 1 ? 1 : window_.columns.stride, out);
}

}  // namespace padproof::verifier::simd
#endif
