// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "verifier/diff/sign.h"
#include "verifier/proof/window_obligation.h"

namespace padproof::verifier {
namespace {

// Of index maps, in all: seconds for models that are made to take hours.
constexpr std::int64_t kMostCellComparisons = std::int64_t{1} << 28;

// What exporters write for minus infinity.
constexpr double kLeastFloat = std::numeric_limits<float>::lowest();
constexpr const char* kDifferSomewhere =
    "pads differ at some extents, with these numbers; --input-shape or --assume says which extents are meant";

class Comparer {
 public:
  LayerDifference compare(const Layer& source, const Layer& target, const LayerPair& pair) {
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
    compare_numbers(result);
    if (result.status == Status::kRefuted) return result;
    compare_maps(source, target, result);
    if (result.status == Status::kProved) compare_values(source, target, result);
    if (source.open_pads != target.open_pads) {
      result.status = Status::kUnknown;
      result.reason = "Pad nodes in front that are no padding of this window, and not the same";
    }
    if (source.branch != target.branch && !source.branch.empty() && !target.branch.empty()) {
      result.status = Status::kUnknown;
      result.reason =
          fmt::format("in the {} of the source, in the {} of the target", source.branch, target.branch);
    }
    return result;
  }

 private:
  /// What is not padding, and says by itself that other cells are read.
  static void compare_numbers(LayerDifference& result) {
    const auto& mine = result.source.window;
    const auto& theirs = result.target.window;
    if (!mine || !theirs || mine->axes.size() != theirs->axes.size()) return;
    const bool has_pads = !result.source.pads.empty() && !result.target.pads.empty();
    for (std::size_t i = 0; has_pads && i < mine->axes.size(); ++i)
      result.shift.push_back(mine->axes[i].pad_begin - theirs->axes[i].pad_begin);
    const auto differ = [&](std::int64_t WindowAxis::*number) {
      for (std::size_t i = 0; i < mine->axes.size(); ++i)
        if (mine->axes[i].*number != theirs->axes[i].*number) return true;
      return false;
    };
    std::vector<std::string_view> which;
    if (differ(&WindowAxis::kernel)) which.emplace_back("kernels");
    if (differ(&WindowAxis::stride)) which.emplace_back("strides");
    if (differ(&WindowAxis::dilation)) which.emplace_back("dilations");
    if (mine->group != theirs->group) which.emplace_back("groups");
    if (which.empty()) return;
    result.status = Status::kRefuted;
    result.reason = fmt::format("{} differ", fmt::join(which, " and "));
  }

  // Behind a layer that differs extents differ: the same numbers, or the same convention, are no discrepancy
  // of this layer.
  static void compare_at_own_extents(LayerDifference& result) {
    const auto& mine = result.source.conventions;
    const auto& theirs = result.target.conventions;
    const bool shares_convention =
        std::find_first_of(mine.begin(), mine.end(), theirs.begin(), theirs.end()) != mine.end();
    const bool has_same_rules = have_same_rules(*result.source.window, *result.target.window);
    if (has_same_rules && (shares_convention || result.source.pads == result.target.pads)) {
      result.status = Status::kProved;
      return;
    }
    result.status = has_same_rules ? Status::kRefuted : Status::kUnknown;
    result.reason = has_same_rules
                        ? "pads differ, and so do the extents of the data"
                        : "the extents of the data differ, and so does how the node rounds or counts";
  }

  static bool have_same_rules(const Window& mine, const Window& theirs) {
    // What a transposed convolution adds to its output, or crops from it.
    const auto added = [](const WindowAxis& axis) {
      return axis.out + axis.pad_begin + axis.pad_end - (axis.in - 1) * axis.stride;
    };
    for (std::size_t i = 0; mine.kind == WindowKind::kTransposedConv && i < mine.axes.size(); ++i)
      if (added(mine.axes[i]) != added(theirs.axes[i])) return false;
    return mine.ceil_mode == theirs.ceil_mode && mine.count_include_pad == theirs.count_include_pad;
  }

  void compare_maps(const Layer& source, const Layer& target, LayerDifference& result) {
    const auto& mine = result.source.window;
    const auto& theirs = result.target.window;
    const bool has_other_extents =
        mine && theirs &&
        !std::equal(mine->axes.begin(), mine->axes.end(), theirs->axes.begin(), theirs->axes.end(),
                    [](const WindowAxis& left, const WindowAxis& right) { return left.in == right.in; });
    if (has_other_extents) return compare_at_own_extents(result);
    const ObligationResult obligation =
        check_window(side_of(source), side_of(target), kMostCellComparisons - compared_);
    compared_ += obligation.compared_cells;
    const bool has_extents = !result.source.pads.empty() && !result.target.pads.empty();
    result.status = obligation.status;
    if (result.source.pads.empty()) result.source.pads = obligation.source_pads;
    if (result.target.pads.empty()) result.target.pads = obligation.target_pads;
    if (result.status == Status::kRefuted)
      result.reason = result.source.pads == result.target.pads ? obligation.reason
                      : has_extents                            ? "pads differ"
                                                               : kDifferSomewhere;
    if (result.status == Status::kUnknown) result.reason = obligation.reason;
  }

  // The same cells, but beyond the border other numbers. Where no data is below zero, a maximum does not see
  // a number that is not above it.
  static void compare_values(const Layer& source, const Layer& target, LayerDifference& result) {
    const auto matter = [](const Layer& layer) {
      std::vector<double> values;
      const bool is_maximum = layer.meaning.kind == WindowKind::kMaxPool;
      const bool hides = is_maximum && is_never_negative(layer.pads.data);
      for (const double value : layer.pads.other_values)
        if (!(is_maximum && value <= kLeastFloat) && !(hides && value <= 0)) values.push_back(value);
      return values;
    };
    const auto mine = matter(source);
    const auto theirs = matter(target);
    const bool are_same_cells =
        source.pads.before == target.pads.before && source.pads.after == target.pads.after;
    if (mine == theirs && (mine.empty() || are_same_cells)) return;
    if (mine == theirs) {
      result.status = Status::kUnknown;
      result.reason = "Pad nodes write what their windows do not take for padding, over other cells";
      return;
    }
    result.status = Status::kRefuted;
    result.reason = fmt::format("the {}'s Pad node writes what its window does not take for padding",
                                mine.empty() ? "target" : "source");
  }

  std::int64_t compared_ = 0;
};

// While layers are left over, what is aligned by position alone may be aligned wrongly.
Status status_of(const PaddingDiff& diff) {
  const bool is_complete = diff.left_source.empty() && diff.left_target.empty();
  const auto is_certain = [&](const LayerDifference& layer) {
    return layer.status == Status::kRefuted && (is_complete || layer.is_certain);
  };
  if (std::any_of(diff.layers.begin(), diff.layers.end(), is_certain)) return Status::kRefuted;
  const auto is_same = [](const LayerDifference& layer) { return layer.status == Status::kProved; };
  return is_complete && std::all_of(diff.layers.begin(), diff.layers.end(), is_same) ? Status::kProved
                                                                                     : Status::kUnknown;
}

}  // namespace

PaddingDiff diff_padding(const model::GraphInstance& source, const model::GraphInstance& target) {
  const std::vector<Layer> mine = layers_of(source);
  const std::vector<Layer> theirs = layers_of(target);
  const Alignment alignment = align(mine, theirs);
  PaddingDiff diff;
  Comparer comparer;
  for (const LayerPair& pair : alignment.pairs)
    diff.layers.push_back(comparer.compare(mine[pair.source], theirs[pair.target], pair));
  for (const std::size_t layer : alignment.left_source)
    diff.left_source.push_back(describe(mine[layer], known_extents(mine[layer])));
  for (const std::size_t layer : alignment.left_target)
    diff.left_target.push_back(describe(theirs[layer], known_extents(theirs[layer])));
  for (const UnreadNode& unread : unread_windows(source)) diff.left_source.push_back(describe(unread));
  for (const UnreadNode& unread : unread_windows(target)) diff.left_target.push_back(describe(unread));
  diff.status = status_of(diff);
  return diff;
}

std::string summary(const PaddingDiff& diff) {
  const auto count = [&](Status status) {
    return std::count_if(diff.layers.begin(), diff.layers.end(),
                         [&](const LayerDifference& layer) { return layer.status == status; });
  };
  if (diff.layers.empty() && diff.left_source.empty() && diff.left_target.empty())
    return "no sliding-window layers";
  std::string text =
      fmt::format("{} of {} aligned layers read other cells", count(Status::kRefuted), diff.layers.size());
  if (count(Status::kUnknown) != 0)
    text += fmt::format(", {} could not be compared", count(Status::kUnknown));
  if (!diff.left_source.empty() || !diff.left_target.empty())
    text += fmt::format("; without a counterpart: {} of the source, {} of the target",
                        diff.left_source.size(), diff.left_target.size());
  return text;
}

}  // namespace padproof::verifier
