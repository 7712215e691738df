// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/numbers_verdict.h"

#include <algorithm>

namespace padproof::verifier {

bool has_other_weights(const PaddingDiff& diff) {
  return std::any_of(diff.layers.begin(), diff.layers.end(), [](const LayerDifference& layer) {
    return layer.match == Match::kPosition && layer.source.knows_weights && layer.target.knows_weights;
  });
}

bool crops_only(const PaddingDiff& diff) {
  return diff.status == Status::kRefuted &&
         std::all_of(diff.layers.begin(), diff.layers.end(), [](const LayerDifference& layer) {
           return layer.status == Status::kProved ||
                  (layer.source.window && layer.source.window->kind == WindowKind::kTransposedConv);
         });
}

bool contradicts(const PaddingDiff& diff, const DiffNumbers& numbers) {
  const bool differs = numbers.rounding.agreement == Agreement::kBeyond || numbers.first_beyond.has_value() ||
                       numbers.has_other_outputs;
  return diff.status == Status::kProved && differs && !has_other_weights(diff);
}

bool leaves_open(const PaddingDiff& diff, const DiffNumbers& numbers) {
  const bool is_judged =
      numbers.rounding.agreement == Agreement::kWithin || numbers.rounding.agreement == Agreement::kBeyond;
  const bool moves = std::any_of(numbers.outputs.begin(), numbers.outputs.end(),
                                 [](const OutputNumbers& output) { return output.moves; });
  return diff.status == Status::kProved && moves && !is_judged && !has_other_weights(diff);
}

bool shows_nothing(const PaddingDiff& diff, const DiffNumbers& numbers) {
  const auto is_by_weights = [](const LayerDifference& layer) { return layer.match != Match::kPosition; };
  return diff.status == Status::kProved && numbers.samples == 0 && !numbers.reason.empty() &&
         std::none_of(diff.layers.begin(), diff.layers.end(), is_by_weights);
}

bool shows_no_difference(const PaddingDiff& diff, const DiffNumbers& numbers) {
  const bool moves = std::any_of(numbers.outputs.begin(), numbers.outputs.end(),
                                 [](const OutputNumbers& output) { return output.moves; });
  const bool is_explained = !moves || numbers.rounding.agreement == Agreement::kWithin;
  return crops_only(diff) && numbers.samples > 0 && numbers.reason.empty() && is_explained;
}

const char* doubt_about(const PaddingDiff& diff, const DiffNumbers& numbers) {
  if (contradicts(diff, numbers)) return "but the models compute something else";
  if (numbers.reached_limit && diff.status == Status::kProved) return "but the run reached a limit";
  if (leaves_open(diff, numbers))
    return "but outputs differ, and it is not known whether rounding explains it";
  if (shows_nothing(diff, numbers)) return "but no weights are the same, and the models could not be run";
  if (shows_no_difference(diff, numbers)) return "but rounding explains all that the outputs differ by";
  return nullptr;
}

}  // namespace padproof::verifier
