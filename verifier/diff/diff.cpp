// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/diff/layer_comparison.h"

namespace padproof::verifier {
namespace {

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
  const std::vector<Layer> mine = layers_of(source, PadValues::kAnyBehindLayout);
  const std::vector<Layer> theirs = layers_of(target, PadValues::kAnyBehindLayout);
  const Alignment alignment = align(mine, theirs);
  PaddingDiff diff;
  LayerComparer comparer;
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
