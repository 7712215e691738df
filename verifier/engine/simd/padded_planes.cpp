// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/padded_planes.h"

#include <algorithm>

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/padded_planes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "verifier/engine/simd/moves-inl.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

void fill_lines(const float* from, const std::vector<std::int64_t>& lines, std::int64_t length,
                const std::vector<LineMove>& moves, std::int64_t stride, float* to) {
  with_load(stride, [&](auto load) HWY_ATTR {
    float* line = to;
    for (const std::int64_t begin : lines) {
      if (begin == kPadding)
        std::fill_n(line, length, 0.0F);
      else
        for (const LineMove& move : moves) hn::StoreU(load(from + begin, move.move), Tag(), line + move.to);
      line += length;
    }
  });
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "verifier/engine/simd/parts.h"
#include "verifier/engine/simd/strip.h"

namespace padproof::verifier::simd {
namespace {

HWY_EXPORT(fill_lines);

// Elements that may be laid out for each of the input, and in any case.
constexpr std::int64_t kMostForOne = 16;
constexpr std::int64_t kAlways = std::int64_t{1} << 24U;
// What is laid out is listed for each column.
constexpr std::int64_t kMostColumns = std::int64_t{1} << 22U;
// Of the widest vector.
constexpr std::int64_t kMostLanes = 16;

std::vector<LineMove> moves_of(const PaddedAxis& columns) {
  std::vector<LineMove> moves;
  WindowAxis cells = columns.axis;
  cells.dilation = 1;
  std::int64_t begin = 0;
  for (const std::int64_t phase : columns.phases) {
    for (std::int64_t i = 0; i < columns.length; i += lanes())
      moves.push_back({move_of(cells, phase, i, std::min(lanes(), columns.length - i)), begin + i});
    begin += columns.length;
  }
  return moves;
}

}  // namespace

PaddedAxis::PaddedAxis(const WindowAxis& of)
    : axis(of), length(of.out + (of.kernel - 1) * of.dilation / of.stride) {
  for (std::int64_t tap = 0; tap < of.kernel; ++tap) {
    const std::int64_t phase = tap * of.dilation % of.stride;
    if (std::find(phases.begin(), phases.end(), phase) == phases.end()) phases.push_back(phase);
  }
}

std::int64_t PaddedAxis::place(std::int64_t tap) const {
  const std::int64_t distance = tap * axis.dilation;
  const auto phase = std::find(phases.begin(), phases.end(), distance % axis.stride);
  return (phase - phases.begin()) * length + distance / axis.stride;
}

std::int64_t PaddedAxis::cell(std::int64_t place) const {
  const std::int64_t phase = phases[static_cast<std::size_t>(place / length)];
  const std::int64_t cell = place % length * axis.stride + phase - axis.pad_begin;
  return cell < 0 || cell >= axis.in ? kPadding : cell;
}

PaddedPlanes::PaddedPlanes(const PlaneWindow& window)
    : rows_(window.rows),
      columns_(window.columns),
      step_((parts_of(rows_.extent() * columns_.extent(), kMostLanes) + 1) * kMostLanes),
      moves_(moves_of(columns_)) {
  for (std::int64_t place = 0; place < rows_.extent(); ++place) {
    const std::int64_t row = rows_.cell(place);
    lines_.push_back(row == kPadding ? kPadding : row * window.columns.in);
  }
}

bool PaddedPlanes::is_dense() const {
  return rows_.extent() == rows_.axis.out && columns_.extent() == columns_.axis.out;
}

std::vector<std::int64_t> PaddedPlanes::terms(std::int64_t channels) const {
  std::vector<std::int64_t> terms;
  for (std::int64_t row = 0; row < rows_.axis.kernel; ++row)
    for (std::int64_t column = 0; column < columns_.axis.kernel; ++column)
      terms.push_back(rows_.place(row) * columns_.extent() + columns_.place(column));
  const std::size_t taps = terms.size();
  terms.reserve(taps * static_cast<std::size_t>(channels));
  while (terms.size() < taps * static_cast<std::size_t>(channels))
    terms.push_back(terms[terms.size() - taps] + step_);
  return terms;
}

std::vector<Run> PaddedPlanes::runs(std::int64_t begin, std::int64_t count, std::int64_t most) const {
  std::vector<Run> runs;
  const std::int64_t width = columns_.axis.out;
  for (std::int64_t at = begin; at < begin + count;) {
    const std::int64_t column = at % width;
    const std::int64_t length = std::min({width - column, begin + count - at, most});
    runs.push_back({at / width * columns_.extent() + column, length, at - begin});
    at += length;
  }
  return runs;
}

bool can_pad(const PlaneWindow& window, std::int64_t planes, std::int64_t in_plane) {
  if (planes == 0 || window.columns.out > kMostColumns || window.rows.kernel > kMostTaps ||
      window.columns.kernel > kMostTaps || window.taps() > kMostTaps)
    return false;
  const std::int64_t most = kMostForOne * in_plane + kAlways / planes;
  const auto extent = [](const WindowAxis& axis) {
    return std::min(axis.kernel, axis.stride) * (axis.out + (axis.kernel - 1) * axis.dilation / axis.stride);
  };
  return extent(window.rows) <= most && extent(window.columns) <= most / extent(window.rows);
}

void PaddedPlanes::fill(const float* from, float* to) const {
  HWY_DYNAMIC_DISPATCH(fill_lines)(from, lines_, columns_.extent(), moves_, columns_.axis.stride, to);
}

}  // namespace padproof::verifier::simd
#endif
