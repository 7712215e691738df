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
// Each is a block, and the blocks are listed.
constexpr std::int64_t kMostPlanes = std::int64_t{1} << 20U;
// Fewer output channels do not pay for laying out the cells.
constexpr std::int64_t kLeastRows = 4;
// Narrower rows of windows, or those that leave more of a vector empty, pay for copying their cells.
constexpr std::int64_t kLeastVectors = 3;
constexpr std::int64_t kWholeCells = 8;

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
        planes_(window_),
        sizes_(sizes),
        depth_(sizes.in_channels * window_.taps()),
        step_(parts_of(depth_, parts_of(depth_, kMostDepth))),
        operands_(operands),
        is_padded_(reads_padding(window_.rows) || reads_padding(window_.columns)),
        is_dense_(planes_.is_dense()),
        is_copied_(!is_dense_ &&
                   (window_.columns.out % kWholeCells != 0 || window_.columns.out < kLeastVectors * lanes())),
        line_(is_dense_ || is_copied_ ? sizes.out_plane : window_.columns.out),
        strips_of_line_(parts_of(line_, most_columns())),
        strips_(sizes.out_plane / line_ * strips_of_line_),
        width_(parts_of(parts_of(line_, lanes()), strips_of_line_) * lanes()),
        terms_(planes_.terms(sizes.in_channels)),
        x_(operands.data),
        plane_step_(planes_.step()) {}

  bool run() {
    // What is dense and as long as the input is the input.
    const bool as_it_is = is_dense_ && !is_padded_ && sizes_.in_plane == sizes_.out_plane;
    const std::int64_t planes = sizes_.batch * sizes_.group * sizes_.in_channels;
    const AlignedFloats laid_out(as_it_is ? 0 : planes * planes_.step() + kPackSlack);
    if (as_it_is) {
      plane_step_ = sizes_.in_plane;
      for (std::int64_t k = 0; k < depth_; ++k) terms_[static_cast<std::size_t>(k)] = k * plane_step_;
    } else {
      x_ = laid_out.data();
      tbb::parallel_for(std::int64_t{0}, planes, [&](std::int64_t i) {
        planes_.fill(operands_.data + i * sizes_.in_plane, laid_out.data() + i * plane_step_);
      });
    }
    for (std::int64_t k = 0; is_copied_ && k < step_; ++k) copied_terms_.push_back(k * width_);
    return run_blocks(split());
  }

 private:
  [[nodiscard]] bool run_blocks(const std::vector<Block>& blocks) const {
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

  // Enough blocks for all cores. In small planes, whose weights are the most that is read, rows are divided
  // and not strips, unless each part of the rows had to copy the cells anew.
  [[nodiscard]] std::vector<Block> split() const {
    const std::int64_t planes = sizes_.batch * sizes_.group;
    const std::int64_t threads = tbb::this_task_arena::max_concurrency();
    const bool is_small = strips_ <= kFewStrips;
    const bool by_rows = is_small && !is_copied_;
    const std::int64_t wanted = threads == 1 || (is_small && is_copied_) ? threads : 3 * threads;
    const std::int64_t most =
        std::clamp<std::int64_t>(kCells / (step_ * most_columns()), 1, std::min(kMostStrips, strips_));
    const std::int64_t per_block =
        by_rows ? most : std::clamp<std::int64_t>(parts_of(planes * strips_, wanted), 1, most);
    const std::int64_t blocks = planes * parts_of(strips_, per_block);
    const std::int64_t row_parts = std::clamp<std::int64_t>(parts_of(by_rows ? wanted : threads, blocks), 1,
                                                            parts_of(sizes_.out_channels, 48));
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
  /// in the last of a line.
  [[nodiscard]] std::int64_t begin_of(std::int64_t strip) const {
    return strip / strips_of_line_ * line_ +
           parts_of(line_ / lanes() * (strip % strips_of_line_), strips_of_line_) * lanes();
  }

  // For some terms at a time: cells of all strips, then a few rows of weights along all of them, so that
  // outputs and weights are read and written in long runs.
  [[nodiscard]] bool run_block(const Block& block) const {
    const std::int64_t room = step_ * width_;  // of a strip
    const AlignedFloats copies(is_copied_ ? block.strips * room + kPackSlack : 0);
    bool finite = true;
    std::feclearexcept(FE_UNDERFLOW);
    for (std::int64_t first = 0; first < depth_ && !is_cut_off(); first += step_) {
      std::vector<Strip> strips;
      for (std::int64_t i = 0; i < block.strips; ++i)
        strips.push_back(lay_out(block, block.strip + i, first, copies.data() + i * room));
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
    for (std::int64_t row = 0; row < block.rows && !is_cut_off(); row += at_once)
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

  // Terms [first, first+step) of a strip's cells, copied to `copy` unless they can stay where they are.
  [[nodiscard]] Strip lay_out(const Block& block, std::int64_t index, std::int64_t first, float* copy) const {
    const float* const x = x_ + block.plane * sizes_.in_channels * plane_step_;
    const std::int64_t begin = begin_of(index);
    Strip strip;
    strip.columns = begin_of(index + 1) - begin;
    strip.depth = std::min(step_, depth_ - first);
    strip.weight_step = depth_;
    strip.output_step = sizes_.out_plane;
    strip.from_zero = first == 0;
    const std::span terms =
        std::span(terms_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(strip.depth));
    if (is_copied_) {
      pack(x, terms, planes_.runs(begin, strip.columns, lanes()), width_, copy);
      strip.cells = copy;
      strip.terms = copied_terms_.data();
    } else {
      strip.cells = x + (is_dense_ ? begin : planes_.runs(begin, 1, 1).front().from);
      strip.terms = terms.data();
    }
    return strip;
  }

  PlaneWindow window_;
  PaddedPlanes planes_;
  const ConvSizes& sizes_;
  std::int64_t depth_;
  std::int64_t step_;  // terms at a go
  const ConvOperands& operands_;
  bool is_padded_;
  bool is_dense_;      // strips are parts of a plane, otherwise
  bool is_copied_;     // their cells are copied, or they are parts of a row of windows
  std::int64_t line_;  // windows that strips divide
  std::int64_t strips_of_line_;
  std::int64_t strips_;
  std::int64_t width_;  // of the widest
  std::vector<std::int64_t> terms_;
  std::vector<std::int64_t> copied_terms_;
  const float* x_;
  std::int64_t plane_step_;
};

}  // namespace

bool can_convolve(const Window& window, const ConvSizes& sizes) {
  return window.kind == WindowKind::kConv && window.axes.size() <= 2 && sizes.out_channels >= kLeastRows &&
         sizes.batch * sizes.group <= kMostPlanes && sizes.out_plane > 0 && sizes.in_plane > 0 &&
         sizes.in_channels > 0 &&
         can_pad(plane_window(window), sizes.batch * sizes.group * sizes.in_channels, sizes.in_plane);
}

bool convolve(const Window& window, const ConvSizes& sizes, const ConvOperands& operands) {
  return Convolution(window, sizes, operands).run();
}

}  // namespace padproof::verifier::simd
