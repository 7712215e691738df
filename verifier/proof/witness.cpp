// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace padproof::verifier {
namespace {

using Index = std::vector<std::int64_t>;

bool is_convolution(WindowKind kind) {
  return kind == WindowKind::kConv || kind == WindowKind::kTransposedConv;
}

// The one output that the witness looks at, and what its input holds.
struct Case {
  const Window& window;
  Index output;
  Index tap;
  std::optional<Index> impulse;  // the one cell that holds more than all others
  std::vector<std::int64_t> extents;

  [[nodiscard]] double input(const Index& at) const {
    if (impulse) return at == *impulse ? 1 : least_value();
    double linear = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      linear = linear * static_cast<double>(extents[i]) + static_cast<double>(at[i]);
    }
    return linear + 1;
  }

  [[nodiscard]] double least_value() const { return window.kind == WindowKind::kMaxPool ? -1 : 0; }

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
  if (!is_convolution(c.window.kind)) return pooled(c);
  const auto at = c.read(c.tap);
  return at ? c.input(*at) : 0;
}

// Windows and taps to look at for a cell that is not padding, where pads reach into the millions.
constexpr std::int64_t kMostTries = std::int64_t{1} << 16;

/// On one of the other axes.
struct Elsewhere {
  std::int64_t window = 0;
  std::int64_t tap = 0;
};

// The first window and tap of which `suits` says that they will do.
std::optional<Elsewhere> first_tap(const WindowAxis& source, const WindowAxis& target, auto suits) {
  std::int64_t tries = 0;
  Elsewhere at;
  for (at.window = 0; at.window < std::min(source.out, target.out) && tries < kMostTries; ++at.window)
    for (at.tap = 0; at.tap < std::max(source.kernel, target.kernel) && tries < kMostTries; ++at.tap, ++tries)
      if (suits(at)) return at;
  return std::nullopt;
}

// A tap that reads a cell in the model that reads the differing one: whatever the other model reads there, it
// does not read that. The same cell in both if there is any, for a text that is easier to follow; where
// counts differ, all else should not.
std::optional<Elsewhere> choose_elsewhere(const Window& source, const Window& target, std::size_t axis,
                                          bool source_holds) {
  const WindowAxis& mine = source.axes[axis];
  const WindowAxis& theirs = target.axes[axis];
  const auto in_source = [&](const Elsewhere& at) { return cell(source.kind, mine, at.window, at.tap); };
  const auto in_target = [&](const Elsewhere& at) { return cell(target.kind, theirs, at.window, at.tap); };
  const auto has_same_count = [&](std::int64_t window) {
    return source.kind != WindowKind::kAveragePool ||
           counted_taps(mine, window, source.count_include_pad) ==
               counted_taps(theirs, window, target.count_include_pad);
  };
  const auto is_alike = [&](const Elsewhere& at) {
    return in_source(at) && in_source(at) == in_target(at) && has_same_count(at.window);
  };
  const auto is_held = [&](const Elsewhere& at) {
    return (source_holds ? in_source(at) : in_target(at)).has_value();
  };
  const auto alike = first_tap(mine, theirs, is_alike);
  return alike ? alike : first_tap(mine, theirs, is_held);
}

std::string describe(const std::optional<Index>& at) {
  return at ? fmt::format("cell [{}]", fmt::join(*at, ",")) : std::string("padding");
}

// Of two different cells the smaller comes first in both orders, so only one of the windows can hold it.
bool source_holds(const AxisDifference& difference) {
  return difference.source_cell &&
         (!difference.target_cell || *difference.source_cell <= *difference.target_cell);
}

// The cell that one model's window reads and the other's does not.
std::optional<Index> differing_cell(const Case& holder, std::size_t axis, std::optional<std::int64_t> at) {
  if (!at) return std::nullopt;
  Index cell_at;
  for (std::size_t i = 0; i < holder.window.axes.size(); ++i)
    cell_at.push_back(
        i == axis
            ? *at
            : cell(holder.window.kind, holder.window.axes[i], holder.output[i], holder.tap[i]).value_or(0));
  return cell_at;
}

std::string text_of(const Case& source, const Witness& witness) {
  if (is_convolution(source.window.kind))
    return fmt::format(
        "with weight 1 at tap [{}] over a ramp 1,2,3,... of {}, output [{}] reads {} in the source and {} in "
        "the target: {} against {}",
        fmt::join(witness.tap, ","), fmt::join(witness.extents, "x"), fmt::join(witness.window, ","),
        witness.source_cell, witness.target_cell, witness.source_output, witness.target_output);
  const std::string input =
      source.impulse
          ? fmt::format("{} everywhere but 1 at {}", source.least_value(), describe(source.impulse))
          : fmt::format("a ramp 1,2,3,... of {}", fmt::join(witness.extents, "x"));
  return fmt::format("over {}, output [{}] is {} in the source and {} in the target", input,
                     fmt::join(witness.window, ","), witness.source_output, witness.target_output);
}

}  // namespace

std::int64_t witness_taps(const Window& window) {
  if (is_convolution(window.kind)) return 1;
  std::int64_t taps = 1;
  for (const WindowAxis& axis : window.axes) taps = std::min(kMostWitnessTaps + 1, taps * axis.kernel);
  return taps;
}

std::optional<Witness> make_witness(const Window& source, const Window& target, std::size_t axis,
                                    const AxisDifference& difference) {
  if (witness_taps(source) + witness_taps(target) > kMostWitnessTaps) return std::nullopt;
  const bool is_in_source = source_holds(difference);
  Case source_case{source, {}, {}, {}, {}};
  for (std::size_t i = 0; i < source.axes.size(); ++i) {
    const auto at = i == axis ? Elsewhere{difference.window, difference.tap}
                              : choose_elsewhere(source, target, i, is_in_source);
    if (!at) return std::nullopt;
    source_case.output.push_back(at->window);
    source_case.tap.push_back(at->tap);
    source_case.extents.push_back(source.axes[i].in);
  }
  Case target_case{target, source_case.output, source_case.tap, {}, source_case.extents};
  if (!is_convolution(source.kind) && !difference.counts_only)
    source_case.impulse = differing_cell(is_in_source ? source_case : target_case, axis,
                                         is_in_source ? difference.source_cell : difference.target_cell);
  target_case.impulse = source_case.impulse;

  Witness witness;
  witness.window = source_case.output;
  witness.tap = source_case.tap;
  witness.extents = source_case.extents;
  witness.source_output = evaluate(source_case);
  witness.target_output = evaluate(target_case);
  if (witness.source_output == witness.target_output) return std::nullopt;
  if (is_convolution(source.kind)) {
    witness.source_cell = describe(source_case.read(source_case.tap));
    witness.target_cell = describe(target_case.read(target_case.tap));
  }
  witness.text = text_of(source_case, witness);
  return witness;
}

}  // namespace padproof::verifier
