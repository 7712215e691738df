// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/bound.h"

#include "verifier/rounding/walk.h"

namespace padproof::verifier {

using model::Error;
using model::Result;

Result<RoundingBound> rounding_bound(const model::Model& model, const NamedTensors& inputs,
                                     const ExecuteOptions& limits) {
  RoundingWalk walk(model, limits);
  for (const model::ValueInfo& input : model.graph->inputs) {
    if (const auto given = inputs.find(input.name); given != inputs.end())
      walk.give(input.value, given->second);
  }
  const auto nothing_given = [](model::ValueId) -> const Tensor* { return nullptr; };
  if (auto done = walk.run(nothing_given, {}); !done) return Error(done.error());
  RoundingBound bound;
  for (const model::ValueInfo& output : model.graph->outputs) {
    const auto value = walk.get(output.value);
    if (!value) return Error(value.error());
    if (!(*value)->is_float()) return no_bound("an output that is not float");
    const std::string name(output.name);
    bound.exact.emplace(name, (*value)->exact);
    bound.bound.emplace(name, (*value)->has_error()
                                  ? (*value)->reach
                                  : Tensor(model::DataType::kDouble, (*value)->exact.dims()));
  }
  return bound;
}

}  // namespace padproof::verifier
