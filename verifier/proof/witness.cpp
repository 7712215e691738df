// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace padproof::verifier {
namespace {

using Index = std::vector<std::int64_t>;

// The one output that the witness looks at, and what its input holds.
struct Case {
  const Window& window;
  Index output;
  Index tap;
  std::optional<Index> impulse;  // for maxima: the cell that holds 1
  std::vector<std::int64_t> extents;

  [[nodiscard]] double input(const Index& at) const {
    if (window.kind == WindowKind::kMaxPool) return impulse && at == *impulse ? 1 : -1;
    double linear = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      linear = linear * static_cast<double>(extents[i]) + static_cast<double>(at[i]);
    }
    return linear + 1;
  }

  [[nodiscard]] std::optional<Index> read(const Index& tap_at) const {
    Index at;
    for (std::size_t i = 0; i < window.axes.size(); ++i) {
      const auto one = cell(window.kind, window.axes[i], output[i], tap_at[i]);
      if (!one) return std::nullopt;
      at.push_back(*one);
    }
    return at;
  }
};

// Odometer over the kernel; false after the last tap.
bool advance(Index& tap, const Window& window) {
  for (std::size_t i = tap.size(); i-- > 0;) {
    if (++tap[i] < window.axes[i].kernel) return true;
    tap[i] = 0;
  }
  return false;
}

double pooled(const Case& c) {
  double sum = 0;
  double norm = 0;
  double most = -std::numeric_limits<double>::infinity();
  Index tap(c.window.axes.size(), 0);
  do {
    if (const auto at = c.read(tap)) {
      const double value = c.input(*at);
      sum += value;
      norm += std::pow(std::abs(value), static_cast<double>(c.window.p));
      most = std::max(most, value);
    }
  } while (advance(tap, c.window));
  if (c.window.kind == WindowKind::kMaxPool) return most;
  if (c.window.kind == WindowKind::kLpPool) return std::pow(norm, 1 / static_cast<double>(c.window.p));
  double count = 1;
  for (std::size_t i = 0; i < c.window.axes.size(); ++i) {
    count *= static_cast<double>(counted_taps(c.window.axes[i], c.output[i], c.window.count_include_pad));
  }
  return sum / count;
}

double evaluate(const Case& c) {
  const bool is_conv = c.window.kind == WindowKind::kConv || c.window.kind == WindowKind::kTransposedConv;
  if (!is_conv) return pooled(c);
  const auto at = c.read(c.tap);
  return at ? c.input(*at) : 0;
}

// Windows and taps to look at for a cell that is not padding, where pads reach into the millions.
constexpr std::int64_t kMostTries = std::int64_t{1} << 16;

// On the other axes: the first window and tap that read a cell in both models, the same one if there is any.
bool choose_elsewhere(const WindowAxis& source, const WindowAxis& target, WindowKind kind,
                      std::int64_t& window, std::int64_t& tap) {
  for (const bool same_cell : {true, false}) {
    std::int64_t tries = 0;
    for (window = 0; window < std::min(source.out, target.out) && tries < kMostTries; ++window) {
      for (tap = 0; tap < std::min(source.kernel, target.kernel) && tries < kMostTries; ++tap, ++tries) {
        const auto mine = cell(kind, source, window, tap);
        const auto theirs = cell(kind, target, window, tap);
        if (mine && theirs && (!same_cell || mine == theirs)) return true;
      }
    }
  }
  return false;
}

std::string describe(const std::optional<Index>& at) {
  return at ? fmt::format("cell [{}]", fmt::join(*at, ",")) : std::string("padding");
}

std::optional<Index> differing_cell(const Case& source, std::size_t axis, const AxisDifference& difference) {
  auto at = difference.source_cell ? difference.source_cell : difference.target_cell;
  // Of two different cells the smaller comes first in both orders, so only one of the windows can hold it.
  if (difference.source_cell && difference.target_cell)
    at = std::min(*difference.source_cell, *difference.target_cell);
  if (!at) return std::nullopt;
  Index cell_at;
  for (std::size_t i = 0; i < source.window.axes.size(); ++i) {
    const auto other = cell(source.window.kind, source.window.axes[i], source.output[i], source.tap[i]);
    cell_at.push_back(i == axis ? *at : other.value_or(0));
  }
  return cell_at;
}

}  // namespace

std::int64_t witness_taps(const Window& window) {
  if (window.kind == WindowKind::kConv || window.kind == WindowKind::kTransposedConv) return 1;
  std::int64_t taps = 1;
  for (const WindowAxis& axis : window.axes) taps = std::min(kMostWitnessTaps + 1, taps * axis.kernel);
  return taps;
}

std::optional<Witness> make_witness(const Window& source, const Window& target, std::size_t axis,
                                    const AxisDifference& difference) {
  if (witness_taps(source) + witness_taps(target) > kMostWitnessTaps) return std::nullopt;
  Case source_case{source, {}, {}, {}, {}};
  for (std::size_t i = 0; i < source.axes.size(); ++i) {
    std::int64_t window = difference.window;
    std::int64_t tap = difference.tap;
    if (i != axis && !choose_elsewhere(source.axes[i], target.axes[i], source.kind, window, tap))
      return std::nullopt;
    source_case.output.push_back(window);
    source_case.tap.push_back(tap);
    source_case.extents.push_back(source.axes[i].in);
  }
  Case target_case{target, source_case.output, source_case.tap, {}, source_case.extents};
  source_case.impulse = differing_cell(source_case, axis, difference);
  target_case.impulse = source_case.impulse;

  Witness witness;
  witness.window = source_case.output;
  witness.tap = source_case.tap;
  witness.extents = source_case.extents;
  witness.source_output = evaluate(source_case);
  witness.target_output = evaluate(target_case);
  if (witness.source_output == witness.target_output) return std::nullopt;
  const bool is_conv = source.kind == WindowKind::kConv || source.kind == WindowKind::kTransposedConv;
  if (is_conv) {
    witness.source_cell = describe(source_case.read(source_case.tap));
    witness.target_cell = describe(target_case.read(target_case.tap));
    witness.text = fmt::format(
        "with weight 1 at tap [{}] over a ramp 1,2,3,... of {}, output [{}] reads {} in the source and {} in "
        "the "
        "target: {} against {}",
        fmt::join(witness.tap, ","), fmt::join(witness.extents, "x"), fmt::join(witness.window, ","),
        witness.source_cell, witness.target_cell, witness.source_output, witness.target_output);
  } else {
    witness.text = fmt::format("over {}, output [{}] is {} in the source and {} in the target",
                               source.kind == WindowKind::kMaxPool
                                   ? fmt::format("-1 everywhere but 1 at {}", describe(source_case.impulse))
                                   : fmt::format("a ramp 1,2,3,... of {}", fmt::join(witness.extents, "x")),
                               fmt::join(witness.window, ","), witness.source_output, witness.target_output);
  }
  return witness;
}

}  // namespace padproof::verifier
