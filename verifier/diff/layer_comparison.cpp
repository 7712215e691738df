// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/layer_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "verifier/diff/axes_that_matter.h"
#include "verifier/diff/sign.h"

namespace padproof::verifier {
namespace {

// Of index maps, in all: seconds for models that are made to take hours.
constexpr std::int64_t kMostCellComparisons = std::int64_t{1} << 28;

// What exporters write for minus infinity.
constexpr double kLeastFloat = std::numeric_limits<float>::lowest();
constexpr const char* kDifferSomewhere =
    "pads differ at some extents, with these numbers; --input-shape or --assume says which extents are meant";

void choose_results(const Layer& source, const Layer& target, LayerDifference& result) {
  if (source.results.empty() || target.results.empty()) return;
  const auto same = same_results(source, target);
  result.folds_otherwise = source.results.size() != target.results.size();
  const auto name = [](const Layer& layer, std::size_t step) {
    return std::string(layer.instance->graph->values[layer.results[step].value].name);
  };
  if (source.instance->parent == nullptr) result.source.result = name(source, same.first);
  if (target.instance->parent == nullptr) result.target.result = name(target, same.second);
}

/// What a Pad in front writes that the window does not: outermost last, the window's own left out where
/// nothing else is around it. Where no data is below zero, a maximum does not see a number that is not above
/// it.
std::vector<PadPart> parts_that_matter(const Layer& layer) {
  const bool is_maximum = layer.meaning.kind == WindowKind::kMaxPool;
  const bool hides = is_maximum && is_never_negative(layer.pads.data);
  std::vector<PadPart> parts;  // outermost first
  for (PadPart part : layer.pads.parts) {
    if (is_maximum && (part.value <= kLeastFloat || (hides && part.value <= 0)))
      part.value = layer.pads.window_value;
    const auto adds = [](const auto& cells) {
      return std::any_of(cells.begin(), cells.end(), [](std::int64_t count) { return count != 0; });
    };
    if (!adds(part.before) && !adds(part.after)) continue;
    if (parts.empty() && part.value == layer.pads.window_value) continue;
    const bool goes_on = !parts.empty() && parts.back().value == part.value;
    if (!goes_on) {
      parts.push_back(std::move(part));
      continue;
    }
    for (std::size_t i = 0; i < part.before.size(); ++i) {
      parts.back().before[i] += part.before[i];
      parts.back().after[i] += part.after[i];
    }
  }
  return parts;
}

/// Along the axes that matter.
std::vector<PadPart> without_idle_axes_of(const Window& window, const std::vector<PadPart>& parts) {
  std::vector<PadPart> some;
  for (const PadPart& part : parts) {
    PadPart& left = some.emplace_back();
    left.value = part.value;
    for (std::size_t i = 0; i < window.axes.size() && i < part.before.size(); ++i) {
      if (is_idle(window.axes[i])) continue;
      left.before.push_back(part.before[i]);
      left.after.push_back(part.after[i]);
    }
  }
  return some;
}

bool are_same_parts(const std::vector<PadPart>& mine, const std::vector<PadPart>& theirs,
                    bool by_value_only) {
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                    [&](const PadPart& left, const PadPart& right) {
                      const bool are_same_cells = left.before == right.before && left.after == right.after;
                      return left.value == right.value && (by_value_only || are_same_cells);
                    });
}

// The same cells, but beyond the border other numbers.
void compare_values(const Layer& source, const Layer& target, const MatchingAxes& axes,
                    LayerDifference& result) {
  auto mine = parts_that_matter(source);
  auto theirs = parts_that_matter(target);
  if (!axes.are_all) {
    mine = without_idle_axes_of(*result.source.window, mine);
    theirs = without_idle_axes_of(*result.target.window, theirs);
  }
  if (are_same_parts(mine, theirs, false)) return;
  if (are_same_parts(mine, theirs, true)) {
    result.status = Status::kUnknown;
    result.reason = "Pad nodes write what their windows do not take for padding, over other cells";
    return;
  }
  result.status = Status::kRefuted;
  result.reason = fmt::format("the {}'s Pad node writes what its window does not take for padding",
                              mine.empty() ? "target" : "source");
}

/// With equal pads an attribute tells why cells or counts differ.
std::string reason_of_difference(const LayerDifference& layer, const ObligationResult& obligation) {
  const auto& mine = layer.source.window;
  const auto& theirs = layer.target.window;
  if (!mine || !theirs) return obligation.reason;
  if (mine->kind == WindowKind::kAveragePool && mine->count_include_pad != theirs->count_include_pad)
    return "count_include_pad differs";
  return mine->ceil_mode != theirs->ceil_mode ? "ceil_mode differs" : obligation.reason;
}

bool is_open_pad(const std::string& pad) { return pad.find('?') != std::string::npos; }

/// Amounts or values that nobody knows are not known to be the same.
bool have_same_open_pads(const Layer& source, const Layer& target) {
  return source.open_pads == target.open_pads &&
         std::none_of(source.open_pads.begin(), source.open_pads.end(), is_open_pad);
}

/// Behind Pads that are not folded in the window's own numbers do not say which cells it reads.
void hide_numbers(const Layer& source, const Layer& target, LayerDifference& result) {
  const bool are_same = have_same_open_pads(source, target);
  if (!are_same) result.shift.clear();
  const auto hide = [&](const Layer& layer, LayerSide& side) {
    if (layer.open_pads.empty()) return;
    side.conventions.clear();
    if (!are_same) side.pads.clear();
  };
  hide(source, result.source);
  hide(target, result.target);
}

void set_unknown(std::string reason, LayerDifference& result) {
  result.status = Status::kUnknown;
  result.reason = std::move(reason);
}

std::vector<std::int64_t> shift_between(const LayerDifference& layer) {
  std::vector<std::int64_t> shift;
  const auto& mine = layer.source.window->axes;
  const auto& theirs = layer.target.window->axes;
  const bool has_pads = !layer.source.pads.empty() && !layer.target.pads.empty();
  for (std::size_t i = 0; has_pads && mine.size() == theirs.size() && i < mine.size(); ++i)
    shift.push_back(mine[i].pad_begin - theirs[i].pad_begin);
  return shift;
}

}  // namespace

LayerDifference LayerComparer::compare(const Layer& source, const Layer& target, const LayerPair& pair) {
  LayerDifference result;
  // What one model leaves open the other may know.
  auto mine = known_extents(source);
  auto theirs = known_extents(target);
  if (!mine && theirs && theirs->size() == spatial_rank(source)) mine = theirs;
  if (!theirs && mine && mine->size() == spatial_rank(target)) theirs = mine;
  result.source = describe(source, mine);
  result.target = describe(target, theirs);
  result.match = pair.match;
  result.is_certain = pair.is_certain;
  choose_results(source, target, result);
  if (result.source.window && result.target.window) result.shift = shift_between(result);
  compare_padding(source, target, result);
  hide_numbers(source, target, result);
  return result;
}

void LayerComparer::compare_padding(const Layer& source, const Layer& target, LayerDifference& result) {
  const auto& mine = result.source.window;
  const auto& theirs = result.target.window;
  const MatchingAxes axes = mine && theirs ? matching_axes(*mine, *theirs) : MatchingAxes{};
  result.has_other_axes = !axes.are_all;
  if (mine && theirs) compare_numbers(axes, result);
  if (result.status == Status::kRefuted) return;
  if (!axes.are_all)
    compare_axes_that_matter(axes, result);
  else if (mine && theirs && have_other_extents(axes))
    compare_at_own_extents(axes, result);
  else
    compare_maps(source, target, result);
  if (result.status == Status::kProved) compare_values(source, target, axes, result);
  if (!have_same_open_pads(source, target))
    set_unknown("Pad nodes in front that are no padding of this window, and not the same", result);
  if (source.branch != target.branch && !source.branch.empty() && !target.branch.empty())
    set_unknown(fmt::format("in the {} of the source, in the {} of the target", source.branch, target.branch),
                result);
}

void LayerComparer::compare_maps(const Layer& source, const Layer& target, LayerDifference& result) {
  const ObligationResult obligation =
      check_window(side_of(source), side_of(target), kMostCellComparisons - compared_);
  compared_ += obligation.compared_cells;
  const bool has_extents =
      (!result.source.pads.empty() && !result.target.pads.empty()) || obligation.holds_at_every_extent;
  result.status = obligation.status;
  if (result.source.pads.empty()) result.source.pads = obligation.source_pads;
  if (result.target.pads.empty()) result.target.pads = obligation.target_pads;
  const bool are_folded = source.open_pads.empty() && target.open_pads.empty();
  if (obligation.holds_at_every_extent && are_folded && result.shift.empty() &&
      result.source.pads.size() == result.target.pads.size())
    for (std::size_t i = 0; i < result.source.pads.size() / 2; ++i)
      result.shift.push_back(result.source.pads[i] - result.target.pads[i]);
  if (result.status == Status::kRefuted)
    result.reason = result.source.pads == result.target.pads ? reason_of_difference(result, obligation)
                    : has_extents                            ? "pads differ"
                                                             : kDifferSomewhere;
  if (result.status == Status::kUnknown) result.reason = obligation.reason;
}

}  // namespace padproof::verifier
