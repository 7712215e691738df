// SPDX-License-Identifier: Apache-2.0
// Whenever the maps of two windows differ somewhere over two axes, an input is found that shows it.
#include "verifier/proof/witness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "verifier/proof/axis_map.h"

namespace padproof::test {
namespace {

using verifier::Window;
using verifier::WindowAxis;
using verifier::WindowKind;
using Cell = std::pair<std::int64_t, std::int64_t>;

class Pairs {
 public:
  std::int64_t number(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }

  WindowAxis axis(WindowKind kind, std::int64_t in, std::int64_t kernel, std::int64_t stride) {
    WindowAxis axis;
    axis.in = in;
    axis.kernel = kernel;
    axis.stride = stride;
    axis.dilation = number(1, 2);
    axis.pad_begin = number(0, 2);
    axis.pad_end = number(0, 2);
    const std::int64_t reach = (kernel - 1) * axis.dilation + 1;
    const std::int64_t padded = axis.pad_begin + axis.pad_end;
    axis.out = kind == WindowKind::kTransposedConv ? (in - 1) * axis.stride + reach - padded
                                                   : (in + padded - reach) / axis.stride + 1;
    return axis;
  }

 private:
  std::mt19937_64 random_{7};
};

/// What output (a,b) reads: pools by cell, convolutions by tap too.
std::set<std::pair<Cell, Cell>> cells_of(const Window& window, std::int64_t a, std::int64_t b) {
  std::set<std::pair<Cell, Cell>> cells;
  const bool has_taps = window.kind == WindowKind::kConv || window.kind == WindowKind::kTransposedConv;
  for (std::int64_t s = 0; s < window.axes[0].kernel; ++s)
    for (std::int64_t t = 0; t < window.axes[1].kernel; ++t) {
      const auto row = verifier::cell(window.kind, window.axes[0], a, s);
      const auto column = verifier::cell(window.kind, window.axes[1], b, t);
      if (row && column) cells.emplace(has_taps ? Cell(s, t) : Cell(), Cell(*row, *column));
    }
  return cells;
}

bool is_seen(const Window& source, const Window& target) {
  for (std::int64_t a = 0; a < std::min(source.axes[0].out, target.axes[0].out); ++a)
    for (std::int64_t b = 0; b < std::min(source.axes[1].out, target.axes[1].out); ++b)
      if (cells_of(source, a, b) != cells_of(target, a, b)) return true;
  return false;
}

/// Of the first axis that has one.
std::optional<verifier::Witness> witness_of(const Window& source, const Window& target) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto compared =
        verifier::compare_axes(source.kind, source.axes[axis], target.axes[axis], false, false);
    if (compared.verdict != verifier::AxisVerdict::kDifferent || compared.difference.counts_only) continue;
    if (auto witness = verifier::make_witness(source, target, axis, compared.difference)) return witness;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a difference of two windows is shown by an input, whatever they do along the other axis") {
  Pairs pairs;
  int shown = 0;
  for (int i = 0; i < 20'000; ++i) {
    const WindowKind kind =
        std::array{WindowKind::kConv, WindowKind::kTransposedConv, WindowKind::kMaxPool,
                   WindowKind::kAveragePool, WindowKind::kLpPool}[static_cast<std::size_t>(i % 5)];
    Window source;
    Window target;
    source.kind = target.kind = kind;
    for (int axis = 0; axis < 2; ++axis) {
      const std::int64_t in = pairs.number(4, 7);
      const std::int64_t kernel = pairs.number(1, 3);
      const std::int64_t stride = pairs.number(1, 3);
      source.axes.push_back(pairs.axis(kind, in, kernel, stride));
      target.axes.push_back(pairs.axis(kind, in, kernel, stride));
    }
    // Outputs of other extents need no witness.
    const bool is_same_shape =
        source.axes[0].out == target.axes[0].out && source.axes[1].out == target.axes[1].out;
    if (!is_same_shape || source.axes[0].out < 1 || source.axes[1].out < 1) continue;
    const auto witness = witness_of(source, target);
    CAPTURE(i);
    CHECK(witness.has_value() == is_seen(source, target));
    if (!witness) continue;
    CHECK(witness->source_output != witness->target_output);
    ++shown;
  }
  CHECK(shown > 1'000);
}

}  // namespace padproof::test
