// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/axes_that_matter.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "verifier/proof/axis_map.h"

namespace padproof::verifier {
namespace {

using WindowAxes = std::vector<WindowAxis>;

WindowAxes without_idle_axes(const WindowAxes& axes) {
  WindowAxes matter;
  std::remove_copy_if(axes.begin(), axes.end(), std::back_inserter(matter), is_idle);
  return matter;
}

bool have_idle_axes_in_one_place(const WindowAxes& mine, const WindowAxes& theirs) {
  return std::equal(
      mine.begin(), mine.end(), theirs.begin(), theirs.end(),
      [](const WindowAxis& left, const WindowAxis& right) { return is_idle(left) == is_idle(right); });
}

bool have_same_pads(const WindowAxes& mine, const WindowAxes& theirs) {
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                    [](const WindowAxis& left, const WindowAxis& right) {
                      return left.pad_begin == right.pad_begin && left.pad_end == right.pad_end;
                    });
}

/// By their numbers, or because one states SAME and the other's numbers are that at its own extents.
bool have_same_padding(const MatchingAxes& axes, const LayerDifference& layer) {
  const LayerSide& mine = layer.source;
  const LayerSide& theirs = layer.target;
  const bool are_numbers = !mine.pads.empty() && !theirs.pads.empty();
  if ((are_numbers || (!mine.written && !theirs.written)) && have_same_pads(axes.source, axes.target))
    return true;
  return (mine.written && has_convention(theirs, *mine.written)) ||
         (theirs.written && has_convention(mine, *theirs.written));
}

// Where only one tap is, nothing is dilated.
bool dilates_otherwise(const MatchingAxes& axes) {
  for (std::size_t i = 0; i < axes.source.size(); ++i)
    if (axes.source[i].dilation != axes.target[i].dilation &&
        (axes.source[i].kernel > 1 || axes.target[i].kernel > 1))
      return true;
  return false;
}

/// What a transposed convolution adds to its output.
std::int64_t added_cells(const WindowAxis& axis) {
  return axis.out + axis.pad_begin + axis.pad_end - (axis.in - 1) * axis.stride;
}

std::vector<std::string_view> other_rules(const MatchingAxes& axes, const LayerDifference& layer) {
  const Window& mine = *layer.source.window;
  const Window& theirs = *layer.target.window;
  std::vector<std::string_view> which;
  if (mine.ceil_mode != theirs.ceil_mode) which.emplace_back("ceil_mode");
  if (mine.count_include_pad != theirs.count_include_pad) which.emplace_back("count_include_pad");
  const bool adds_otherwise =
      mine.kind == WindowKind::kTransposedConv &&
      !std::equal(axes.source.begin(), axes.source.end(), axes.target.begin(), axes.target.end(),
                  [](const WindowAxis& left, const WindowAxis& right) {
                    return added_cells(left) == added_cells(right);
                  });
  if (adds_otherwise) which.emplace_back("output_padding");
  return which;
}

}  // namespace

bool is_idle(const WindowAxis& axis) {
  return axis.in == 1 && axis.out == 1 && axis.kernel == 1 && axis.pad_begin == 0 && axis.pad_end == 0;
}

MatchingAxes matching_axes(const Window& source, const Window& target) {
  const MatchingAxes all{source.axes, target.axes, true};
  if (have_idle_axes_in_one_place(source.axes, target.axes)) return all;
  MatchingAxes some{without_idle_axes(source.axes), without_idle_axes(target.axes), false};
  // Of equal ranks all are compared if that many matter.
  const bool has_same_rank = source.axes.size() == target.axes.size();
  return has_same_rank && some.source.size() != some.target.size() ? all : some;
}

bool have_other_extents(const MatchingAxes& axes) {
  return !std::equal(axes.source.begin(), axes.source.end(), axes.target.begin(), axes.target.end(),
                     [](const WindowAxis& left, const WindowAxis& right) {
                       return left.in == right.in || left.in == kSomeExtent || right.in == kSomeExtent;
                     });
}

void compare_numbers(const MatchingAxes& axes, LayerDifference& result) {
  if (axes.source.size() != axes.target.size()) return;
  const auto differ = [&](std::int64_t WindowAxis::*number) {
    for (std::size_t i = 0; i < axes.source.size(); ++i)
      if (axes.source[i].*number != axes.target[i].*number &&
          !(is_idle(axes.source[i]) && is_idle(axes.target[i])))
        return true;
    return false;
  };
  std::vector<std::string_view> which;
  if (differ(&WindowAxis::kernel)) which.emplace_back("kernels");
  if (differ(&WindowAxis::stride)) which.emplace_back("strides");
  if (dilates_otherwise(axes)) which.emplace_back("dilations");
  if (result.source.window->group != result.target.window->group) which.emplace_back("groups");
  if (which.empty()) return;
  result.status = Status::kRefuted;
  result.reason = fmt::format("{} differ", fmt::join(which, " and "));
}

void compare_at_own_extents(const MatchingAxes& axes, LayerDifference& result) {
  const auto rules = other_rules(axes, result);
  const bool has_same_padding = have_same_padding(axes, result);
  result.status = !rules.empty() ? Status::kUnknown : has_same_padding ? Status::kProved : Status::kRefuted;
  if (result.status == Status::kUnknown)
    result.reason = fmt::format("the extents of the data differ, and so does {}", fmt::join(rules, " and "));
  if (result.status == Status::kRefuted) result.reason = "pads differ, and so do the extents of the data";
}

void compare_axes_that_matter(const MatchingAxes& axes, LayerDifference& result) {
  result.status = Status::kUnknown;
  result.reason = "the data has another rank, and more than axes of one cell";
  if (axes.source.size() != axes.target.size()) return;
  const bool knows_extents = !result.source.pads.empty() && !result.target.pads.empty();
  if (!knows_extents && result.source.written != result.target.written) {
    result.reason = "the data has another rank, and extents that are open";
    return;
  }
  if (!knows_extents || have_other_extents(axes)) return compare_at_own_extents(axes, result);
  result.status = Status::kProved;
  result.reason.clear();
  const Window& mine = *result.source.window;
  const Window& theirs = *result.target.window;
  for (std::size_t i = 0; i < axes.source.size() && result.status != Status::kRefuted; ++i) {
    const auto verdict = compare_axes(mine.kind, axes.source[i], axes.target[i], mine.count_include_pad,
                                      theirs.count_include_pad)
                             .verdict;
    if (verdict == AxisVerdict::kEqual) continue;
    result.status = verdict == AxisVerdict::kTooLarge ? Status::kUnknown : Status::kRefuted;
    result.reason =
        verdict == AxisVerdict::kTooLarge ? "the axis is too large to compare cell by cell" : "pads differ";
  }
}

}  // namespace padproof::verifier
