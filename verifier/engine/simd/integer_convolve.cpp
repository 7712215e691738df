// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/integer_convolve.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstring>

#include "verifier/engine/simd/aligned_floats.h"
#include "verifier/engine/simd/integers.h"
#include "verifier/engine/simd/moves.h"
#include "verifier/engine/simd/parts.h"

namespace padproof::verifier::simd {
namespace {

using model::Error;
using model::Result;

/// Cells of an axis that its windows reach over, padding included.
std::int64_t reach(const WindowAxis& axis) {
  return (axis.out - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
}

bool is_plain(const WindowAxis& axis) {
  return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.in == axis.out;
}

/// Where each window reads its own cell, a plane is one line: longer runs.
PlaneWindow simplest(const Window& window) {
  PlaneWindow plane = plane_window(window);
  if (is_plain(plane.rows) && is_plain(plane.columns)) {
    plane.columns.in *= plane.rows.in;
    plane.columns.out = plane.columns.in;
    plane.rows.in = plane.rows.out = 1;
  }
  return plane;
}

/// Planes with their padding, widened. Of each line first the cells 0, stride, 2*stride, ..., then 1,
/// stride+1, ...: so the cells that neighbouring windows read at one tap are neighbours.
struct PaddedPlanes {
  explicit PaddedPlanes(const PlaneWindow& of)
      : window(of),
        length(parts_of(reach(of.columns), of.columns.stride)),
        line(length * of.columns.stride),
        plane(line * reach(of.rows)) {}
  /// Where window 0 of row 0 finds tap (row, column), from the plane's begin.
  [[nodiscard]] std::int64_t tap(std::int64_t row, std::int64_t column) const {
    const std::int64_t at = column * window.columns.dilation;
    return row * window.rows.dilation * line + at % window.columns.stride * length +
           at / window.columns.stride;
  }
  void fill(const std::byte* from, bool is_signed, std::int32_t point, std::int16_t* to) const;

  PlaneWindow window;
  std::int64_t length;
  std::int64_t line;
  std::int64_t plane;
};

void PaddedPlanes::fill(const std::byte* from, bool is_signed, std::int32_t point, std::int16_t* to) const {
  const WindowAxis& columns = window.columns;
  std::memset(to, 0, static_cast<std::size_t>(plane) * sizeof *to);
  const std::int64_t first = std::max<std::int64_t>(0, -columns.pad_begin);
  const std::int64_t count = std::min(columns.in, reach(columns) - columns.pad_begin) - first;
  if (count <= 0) return;
  std::vector<std::int16_t> cells(static_cast<std::size_t>(count + kIntegerSlack));
  for (std::int64_t row = 0; row < reach(window.rows); ++row) {
    const std::int64_t in = row - window.rows.pad_begin;
    if (in < 0 || in >= window.rows.in) continue;
    const std::byte* const bytes = from + in * columns.in + first;
    std::int16_t* const out = to + row * line;
    if (columns.stride == 1) {
      widen(bytes, is_signed, point, count, out + columns.pad_begin + first);
      continue;
    }
    widen(bytes, is_signed, point, count, cells.data());
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t at = columns.pad_begin + first + i;
      out[at % columns.stride * length + at / columns.stride] = cells[static_cast<std::size_t>(i)];
    }
  }
}

/// Neighbouring windows of one row within a strip.
struct Run {
  std::int64_t from;  // in the padded plane
  std::int64_t count;
  std::int64_t to;
};

class IntegerConvolution {
 public:
  IntegerConvolution(const Window& window, const ConvSizes& sizes, const IntegerConvOperands& operands)
      : planes_(simplest(window)),
        sizes_(sizes),
        operands_(operands),
        depth_(sizes.in_channels * planes_.window.taps()),
        padded_depth_(parts_of(depth_, 2) * 2) {
    for (std::int64_t term = 0; term < depth_; ++term) {
      const std::int64_t tap = term % planes_.window.taps();
      const std::int64_t kernel = planes_.window.columns.kernel;
      terms_.push_back(term / planes_.window.taps() * planes_.plane +
                       planes_.tap(tap / kernel, tap % kernel));
    }
    // The weight of a term too many is 0.
    if (padded_depth_ > depth_) terms_.push_back(terms_.back());
  }

  Result<void> run(const MemoryBudget& memory) {
    const std::int64_t channels = sizes_.batch * sizes_.group * sizes_.in_channels;
    const std::int64_t rows = sizes_.group * sizes_.out_channels;
    auto x = memory.allocate(model::DataType::kInt16, {channels * planes_.plane + kIntegerSlack},
                             Contents::kAnything);
    if (!x) return Error(x.error());
    auto w = memory.allocate(model::DataType::kInt16, {rows * padded_depth_}, Contents::kAnything);
    if (!w) return Error(w.error());
    x_ = x->mutable_data<std::int16_t>().data();
    w_ = w->mutable_data<std::int16_t>().data();
    widen_operands(channels, rows);
    const std::int64_t strips = parts_of(sizes_.out_plane, kIntegerColumns);
    const std::int64_t blocks = sizes_.batch * sizes_.group;
    const std::int64_t threads = tbb::this_task_arena::max_concurrency();
    // Each part of the rows lays out the cells anew: divided only where there are too few strips.
    const std::int64_t per_part =
        parts_of(parts_of(sizes_.out_channels, parts_of(threads, strips * blocks)), kIntegerRows) *
        kIntegerRows;
    const std::int64_t parts = parts_of(sizes_.out_channels, per_part);
    tbb::parallel_for(std::int64_t{0}, blocks * strips * parts, [&](std::int64_t i) {
      const std::int64_t row = i % parts * per_part;
      run_strip(i / parts / strips, i / parts % strips * kIntegerColumns, row,
                std::min(per_part, sizes_.out_channels - row));
    });
    return {};
  }

 private:
  void widen_operands(std::int64_t channels, std::int64_t rows) const {
    const auto* const data = reinterpret_cast<const std::byte*>(operands_.data.bytes().data());
    const auto* const weights = reinterpret_cast<const std::byte*>(operands_.weights.bytes().data());
    const bool data_signed = operands_.data.dtype() == model::DataType::kInt8;
    const bool weights_signed = operands_.weights.dtype() == model::DataType::kInt8;
    tbb::parallel_for(std::int64_t{0}, channels, [&](std::int64_t i) {
      planes_.fill(data + i * sizes_.in_plane, data_signed, operands_.data_point, x_ + i * planes_.plane);
    });
    tbb::parallel_for(std::int64_t{0}, rows, [&](std::int64_t i) {
      const auto& points = operands_.weight_points;
      std::int16_t* const to = w_ + i * padded_depth_;
      to[padded_depth_ - 1] = 0;
      widen(weights + i * depth_, weights_signed,
            points[points.size() == 1 ? 0 : static_cast<std::size_t>(i)], depth_, to);
    });
  }

  [[nodiscard]] std::vector<Run> runs_of(std::int64_t begin, std::int64_t count) const {
    std::vector<Run> runs;
    const std::int64_t width = planes_.window.columns.out;
    for (std::int64_t at = begin; at < begin + count;) {
      const std::int64_t column = at % width;
      const std::int64_t length = std::min(width - column, begin + count - at);
      runs.push_back({at / width * planes_.window.rows.stride * planes_.line + column, length, at - begin});
      at += length;
    }
    return runs;
  }

  /// Rows [row, row+rows) of at most kIntegerColumns outputs from `begin` on.
  void run_strip(std::int64_t block, std::int64_t begin, std::int64_t row, std::int64_t rows) const {
    const std::int64_t columns = std::min(kIntegerColumns, sizes_.out_plane - begin);
    const std::int64_t pairs = padded_depth_ / 2;
    // A pair of words is as long as a float.
    const AlignedFloats scratch(pairs * kIntegerColumns + kIntegerSlack);
    auto* const cells = reinterpret_cast<std::int16_t*>(scratch.data());
    const std::int16_t* const x = x_ + block * sizes_.in_channels * planes_.plane;
    const std::vector<Run> runs = runs_of(begin, columns);
    for (std::int64_t pair = 0; pair < pairs; ++pair) {
      const std::int16_t* const even = x + terms_[static_cast<std::size_t>(2 * pair)];
      const std::int16_t* const odd = x + terms_[static_cast<std::size_t>(2 * pair + 1)];
      // Whole vectors: what one writes too much the next overwrites.
      for (const Run& run : runs)
        interleave(even + run.from, odd + run.from, run.count, cells + 2 * (pair * kIntegerColumns + run.to));
    }
    const std::int64_t channel = block % sizes_.group * sizes_.out_channels + row;
    IntegerTile tile{w_ + channel * padded_depth_, padded_depth_, cells, pairs, rows, columns};
    tile.outputs = operands_.output + (block * sizes_.out_channels + row) * sizes_.out_plane + begin;
    tile.output_step = sizes_.out_plane;
    if (operands_.bias != nullptr) tile.bias = operands_.bias + channel;
    multiply_integers(tile);
  }

  PaddedPlanes planes_;
  const ConvSizes& sizes_;
  const IntegerConvOperands& operands_;
  std::int64_t depth_;
  std::int64_t padded_depth_;
  std::vector<std::int64_t> terms_;  // where each term's cells begin
  std::int16_t* x_ = nullptr;
  std::int16_t* w_ = nullptr;
};

}  // namespace

bool can_convolve_integers(const Window& window, const ConvSizes& sizes) {
  if (window.kind != WindowKind::kConv || window.axes.empty() || window.axes.size() > 2) return false;
  const PlaneWindow plane = plane_window(window);
  if (sizes.in_plane == 0 || sizes.out_plane == 0 || sizes.in_channels == 0 || sizes.out_channels == 0 ||
      plane.taps() > kMostTaps || plane.rows.kernel > kMostTaps || plane.columns.kernel > kMostTaps)
    return false;
  // Padding is laid out, and there is no end to what a node may ask for.
  const std::int64_t most = 8 * sizes.in_plane + 4096;
  const std::int64_t line = parts_of(reach(plane.columns), plane.columns.stride) * plane.columns.stride;
  return reach(plane.rows) <= most && line <= most && reach(plane.rows) * line <= most;
}

Result<void> convolve_integers(const Window& window, const ConvSizes& sizes,
                               const IntegerConvOperands& operands, const MemoryBudget& memory) {
  return IntegerConvolution(window, sizes, operands).run(memory);
}

}  // namespace padproof::verifier::simd
