// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/integer_convolve.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstring>

#include "verifier/engine/simd/aligned_floats.h"
#include "verifier/engine/simd/integers.h"
#include "verifier/engine/simd/padded_planes.h"
#include "verifier/engine/simd/parts.h"

namespace padproof::verifier::simd {
namespace {

using model::Error;
using model::Result;

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

/// Widens one plane. `cells` are those of the input along a padded line.
void fill(const PaddedPlanes& planes, const std::vector<std::int64_t>& cells, const std::byte* from,
          bool is_signed, std::int32_t point, std::int16_t* to) {
  const PaddedAxis& columns = planes.columns();
  std::memset(to, 0, static_cast<std::size_t>(planes.step()) * sizeof *to);
  std::vector<std::int16_t> line(static_cast<std::size_t>(columns.axis.in + kIntegerSlack));
  for (std::int64_t place = 0; place < planes.rows().extent(); ++place, to += columns.extent()) {
    const std::int64_t row = planes.rows().cell(place);
    if (row == kPadding) continue;
    widen(from + row * columns.axis.in, is_signed, point, columns.axis.in, line.data());
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i] != kPadding) to[i] = line[static_cast<std::size_t>(cells[i])];
  }
}

class IntegerConvolution {
 public:
  IntegerConvolution(const Window& window, const ConvSizes& sizes, const IntegerConvOperands& operands)
      : planes_(simplest(window)),
        sizes_(sizes),
        operands_(operands),
        terms_(planes_.terms(sizes.in_channels)),
        depth_(std::ssize(terms_)),
        padded_depth_(parts_of(depth_, 2) * 2) {
    for (std::int64_t i = 0; i < planes_.columns().extent(); ++i) cells_.push_back(planes_.columns().cell(i));
    // The weight of a term too many is 0.
    if (padded_depth_ > depth_) terms_.push_back(terms_.back());
  }

  Result<void> run(const MemoryBudget& memory) {
    const std::int64_t channels = sizes_.batch * sizes_.group * sizes_.in_channels;
    const std::int64_t rows = sizes_.group * sizes_.out_channels;
    auto x = memory.allocate(model::DataType::kInt16, {channels * planes_.step() + kIntegerSlack},
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
      fill(planes_, cells_, data + i * sizes_.in_plane, data_signed, operands_.data_point,
           x_ + i * planes_.step());
    });
    tbb::parallel_for(std::int64_t{0}, rows, [&](std::int64_t i) {
      const auto& points = operands_.weight_points;
      std::int16_t* const to = w_ + i * padded_depth_;
      to[padded_depth_ - 1] = 0;
      widen(weights + i * depth_, weights_signed,
            points[points.size() == 1 ? 0 : static_cast<std::size_t>(i)], depth_, to);
    });
  }

  /// Rows [row, row+rows) of at most kIntegerColumns outputs from `begin` on.
  void run_strip(std::int64_t block, std::int64_t begin, std::int64_t row, std::int64_t rows) const {
    const std::int64_t columns = std::min(kIntegerColumns, sizes_.out_plane - begin);
    const std::int64_t pairs = padded_depth_ / 2;
    // A pair of words is as long as a float.
    const AlignedFloats scratch(pairs * kIntegerColumns + kIntegerSlack);
    auto* const cells = reinterpret_cast<std::int16_t*>(scratch.data());
    const std::int16_t* const x = x_ + block * sizes_.in_channels * planes_.step();
    const std::vector<Run> runs = planes_.runs(begin, columns, columns);
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
  std::vector<std::int64_t> terms_;
  std::int64_t depth_;
  std::int64_t padded_depth_;
  std::vector<std::int64_t> cells_;
  std::int16_t* x_ = nullptr;
  std::int16_t* w_ = nullptr;
};

// Each thread lays out the cells of all.
constexpr std::int64_t kMostChannels = std::int64_t{1} << 18U;

}  // namespace

bool can_convolve_integers(const Window& window, const ConvSizes& sizes) {
  return window.kind == WindowKind::kConv && !window.axes.empty() && window.axes.size() <= 2 &&
         sizes.in_plane > 0 && sizes.out_plane > 0 && sizes.in_channels > 0 && sizes.out_channels > 0 &&
         sizes.in_channels <= kMostChannels &&
         can_pad(plane_window(window), sizes.batch * sizes.group * sizes.in_channels, sizes.in_plane);
}

Result<void> convolve_integers(const Window& window, const ConvSizes& sizes,
                               const IntegerConvOperands& operands, const MemoryBudget& memory) {
  return IntegerConvolution(window, sizes, operands).run(memory);
}

}  // namespace padproof::verifier::simd
