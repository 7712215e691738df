// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/explain.h"

#include <algorithm>

namespace padproof::verifier {
namespace {

Comparison compared(const model::Model& model, const NamedTensors& inputs, const NamedTensors& expected,
                    const NamedTensors& outputs, const ExecuteOptions& limits) {
  auto comparison = compare_by_bound(model, inputs, expected, outputs, limits);
  if (comparison) return std::move(*comparison);
  Comparison unknown;
  unknown.agreement = Agreement::kUnknown;
  unknown.reason = model::to_string(comparison.error());
  return unknown;
}

std::set<std::size_t> layers_beyond(const PaddingDiff& diff, const Comparison& comparison,
                                    LayerSide LayerDifference::*side) {
  const std::set<std::string, std::less<>> names(comparison.beyond_values.begin(),
                                                 comparison.beyond_values.end());
  std::set<std::size_t> layers;
  for (std::size_t i = 0; i < diff.layers.size(); ++i)
    if (names.contains((diff.layers[i].*side).result)) layers.insert(i);
  return layers;
}

bool folds_anything(const PaddingDiff& diff) {
  return std::any_of(diff.layers.begin(), diff.layers.end(), [](const LayerDifference& layer) {
    return layer.match == Match::kScaledWeights || layer.folds_otherwise;
  });
}

}  // namespace

Explanation explain(const model::Model& source, const model::Model& target, const PaddingDiff& diff,
                    const BothSides& inputs, const BothSides& values, const BothSides& outputs,
                    const ExecuteOptions& limits) {
  Explanation result;
  result.rounding = compared(target, inputs.target, values.source, outputs.target, limits);
  result.beyond = layers_beyond(diff, result.rounding, &LayerDifference::target);
  if (result.rounding.agreement != Agreement::kBeyond || !folds_anything(diff)) return result;
  Comparison back = compared(source, inputs.source, values.target, outputs.source, limits);
  const auto also = layers_beyond(diff, back, &LayerDifference::source);
  std::erase_if(result.beyond, [&](std::size_t layer) { return !also.contains(layer); });
  // Of what it did not come to it would perhaps have said the same.
  const bool is_open = back.agreement == Agreement::kUnknown && !back.stopped.empty();
  if (result.beyond.empty() && (back.agreement == Agreement::kWithin || is_open))
    result.rounding = std::move(back);
  return result;
}

}  // namespace padproof::verifier
