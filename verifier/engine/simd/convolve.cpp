// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/convolve.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cfenv>

#include "verifier/engine/simd/aligned_floats.h"
#include "verifier/engine/simd/cells.h"
#include "verifier/engine/simd/parts.h"

namespace padproof::verifier::simd {
namespace {

// Terms of each output that are added at a go.
constexpr std::int64_t kMostDepth = 768;
// Cells of a task: they stay in the second cache, beside weights and outputs.
constexpr std::int64_t kCells = 80L * 1024;
constexpr std::int64_t kMostStrips = 16;
// Rows of weights that pass along all strips of a task, in whole tiles of any height.
constexpr std::int64_t kRowsAtOnce = 24;
constexpr std::int64_t kFewStrips = 4;
// Fewer output channels do not pay for laying out the cells.
constexpr std::int64_t kLeastRows = 4;

/// A block of one group's outputs.
struct Block {
  std::int64_t plane;  // image and group
  std::int64_t row;
  std::int64_t rows;
  std::int64_t strip;
  std::int64_t strips;
};

bool reads_padding(const WindowAxis& axis) {
  return axis.pad_begin > 0 ||
         (axis.out - 1) * axis.stride + (axis.kernel - 1) * axis.dilation >= axis.in + axis.pad_begin;
}

class Convolution {
 public:
  Convolution(const Window& window, const ConvSizes& sizes, const ConvOperands& operands)
      : window_(plane_window(window)),
        sizes_(sizes),
        depth_(sizes.in_channels * window_.taps()),
        step_(parts_of(depth_, parts_of(depth_, kMostDepth))),
        strips_(parts_of(sizes.out_plane, most_columns())),
        operands_(operands),
        is_padded_(reads_padding(window_.rows) || reads_padding(window_.columns)),
        // Each window reads one cell, in the same order: the planes are the matrix.
        is_direct_(window_.taps() == 1 && window_.rows.stride == 1 && window_.columns.stride == 1 &&
                   !is_padded_ && sizes.in_plane == sizes.out_plane && window_.rows.pad_begin == 0 &&
                   window_.columns.pad_begin == 0),
        x_(operands.data) {
    const std::int64_t phases = window_.taps() > 1 ? window_.columns.stride : 1;
    split_ = {phases, parts_of(window_.columns.in, phases)};
  }

  bool run() {
    const AlignedFloats laid_out(split_.phases == 1 ? 0 : lines() * split_.line() + kPackSlack);
    if (split_.phases > 1) {
      tbb::parallel_for(std::int64_t{0}, lines() / window_.rows.in, [&](std::int64_t plane) {
        const std::int64_t line = plane * window_.rows.in;
        split_columns(split_, window_.columns.in, operands_.data + line * window_.columns.in, window_.rows.in,
                      laid_out.data() + line * split_.line());
      });
      x_ = laid_out.data();
    }
    const std::vector<Block> blocks = split();
    std::atomic<bool> good = true;
    const auto run_one = [&](std::size_t i) {
      if (!run_block(blocks[i])) good = false;
    };
    if (blocks.size() == 1)
      run_one(0);
    else
      tbb::parallel_for(std::size_t{0}, blocks.size(), run_one);
    return good;
  }

 private:
  [[nodiscard]] std::int64_t lines() const {
    return sizes_.batch * sizes_.group * sizes_.in_channels * window_.rows.in;
  }

  // Enough blocks for all cores; rows are divided only where there are too few columns for that.
  [[nodiscard]] std::vector<Block> split() const {
    const std::int64_t planes = sizes_.batch * sizes_.group;
    const std::int64_t threads = tbb::this_task_arena::max_concurrency();
    const std::int64_t wanted = threads == 1 ? 1 : 3 * threads;
    const std::int64_t most = kCells / (step_ * most_columns());
    const std::int64_t per_block = std::clamp<std::int64_t>(parts_of(planes * strips_, wanted), 1,
                                                            std::clamp<std::int64_t>(most, 1, kMostStrips));
    const std::int64_t blocks = planes * parts_of(strips_, per_block);
    const std::int64_t row_parts =
        std::clamp<std::int64_t>(parts_of(threads, blocks), 1, parts_of(sizes_.out_channels, 48));
    const std::int64_t rows = parts_of(parts_of(sizes_.out_channels, row_parts), 12) * 12;
    std::vector<Block> all;
    for (std::int64_t plane = 0; plane < planes; ++plane)
      for (std::int64_t row = 0; row < sizes_.out_channels; row += rows)
        for (std::int64_t strip = 0; strip < strips_; strip += per_block)
          all.push_back({plane, row, std::min(rows, sizes_.out_channels - row), strip,
                         std::min(per_block, strips_ - strip)});
    return all;
  }

  /// Where a strip of the plane begins: as few strips as possible, of like numbers of whole vectors, the rest
  /// in the last.
  [[nodiscard]] std::int64_t begin_of(std::int64_t strip) const {
    if (strip == strips_) return sizes_.out_plane;
    return parts_of(sizes_.out_plane / lanes() * strip, strips_) * lanes();
  }

  // For some terms at a time: cells of all strips, then a few rows of weights along all of them, so that
  // outputs and weights are read and written in long runs.
  [[nodiscard]] bool run_block(const Block& block) const {
    std::vector<StripCells> layouts;
    for (std::int64_t i = block.strip; !is_direct_ && i < block.strip + block.strips; ++i)
      layouts.emplace_back(window_, split_, begin_of(i), begin_of(i + 1) - begin_of(i));
    const AlignedFloats cells(is_direct_ ? 0 : block.strips * step_ * most_columns() + kPackSlack);
    bool finite = true;
    std::feclearexcept(FE_UNDERFLOW);
    for (std::int64_t first = 0; first < depth_; first += step_) {
      std::vector<Strip> strips;
      for (std::int64_t i = 0; i < block.strips; ++i)
        strips.push_back(lay_out(block, block.strip + i, first,
                                 is_direct_ ? nullptr : &layouts[static_cast<std::size_t>(i)],
                                 cells.data() + i * step_ * most_columns()));
      finite = run_rows(block, strips, first) && finite;
    }
    return finite && (!is_padded_ || std::fetestexcept(FE_UNDERFLOW) == 0);
  }

  [[nodiscard]] bool run_rows(const Block& block, const std::vector<Strip>& strips,
                              std::int64_t first) const {
    bool finite = true;
    const std::int64_t channel = block.plane % sizes_.group * sizes_.out_channels + block.row;
    const bool is_last = first + strips.front().depth == depth_;
    // In small planes the weights are the most that is read, in large ones the outputs.
    const std::int64_t at_once = strips_ <= kFewStrips ? kRowsAtOnce : block.rows;
    for (std::int64_t row = 0; row < block.rows; row += at_once)
      for (std::size_t i = 0; i < strips.size(); ++i) {
        const std::int64_t place = (block.plane * sizes_.out_channels + block.row + row) * sizes_.out_plane +
                                   begin_of(block.strip + static_cast<std::int64_t>(i));
        Strip strip = strips[i];
        strip.weights =
            operands_.weights + ((channel + row) * depth_ + first) * static_cast<std::int64_t>(sizeof(float));
        strip.outputs = operands_.output + place;
        strip.rows = std::min(at_once, block.rows - row);
        Finish finish = operands_.finish;
        if (finish.bias != nullptr) finish.bias += channel + row;
        if (finish.addend != nullptr) finish.addend += place;
        if (is_last) strip.finish = &finish;
        finite = run_strip(strip) && finite;
      }
    return finite;
  }

  // Terms [first, first+step) of a strip's cells, copied to `cells` unless they can stay where they are.
  [[nodiscard]] Strip lay_out(const Block& block, std::int64_t index, std::int64_t first,
                              const StripCells* layout, float* cells) const {
    const std::int64_t in_plane = window_.rows.in * split_.line();
    const float* const x = x_ + block.plane * sizes_.in_channels * in_plane;
    Strip strip;
    strip.columns = begin_of(index + 1) - begin_of(index);
    strip.depth = std::min(step_, depth_ - first);
    strip.weight_step = depth_;
    strip.output_step = sizes_.out_plane;
    strip.from_zero = first == 0;
    if (layout == nullptr) {
      strip.cells = x + first * in_plane + begin_of(index);
      strip.cell_step = in_plane;
      return strip;
    }
    strip.cells = cells;
    strip.cell_step = parts_of(strip.columns, lanes()) * lanes();
    layout->pack(x, first, strip.depth, strip.cell_step, cells);
    return strip;
  }

  PlaneWindow window_;
  const ConvSizes& sizes_;
  std::int64_t depth_;
  std::int64_t step_;  // terms at a go
  std::int64_t strips_;
  const ConvOperands& operands_;
  bool is_padded_;
  bool is_direct_;
  SplitColumns split_;
  const float* x_;
};

}  // namespace

bool can_convolve(const Window& window, const ConvSizes& sizes) {
  return window.kind == WindowKind::kConv && window.axes.size() <= 2 && sizes.out_channels >= kLeastRows &&
         sizes.out_plane > 0 && sizes.in_plane > 0 && sizes.in_channels > 0 &&
         plane_window(window).taps() <= kMostTaps;
}

bool convolve(const Window& window, const ConvSizes& sizes, const ConvOperands& operands) {
  return Convolution(window, sizes, operands).run();
}

}  // namespace padproof::verifier::simd
