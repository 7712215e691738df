// SPDX-License-Identifier: Apache-2.0
#include "cli/input_shapes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "verifier/diff/input_layout.h"

namespace padproof::cli {
namespace {

std::vector<std::string> input_names(const model::Model& model) {
  std::vector<std::string> names;
  for (const model::ValueInfo& info : model.graph->inputs)
    if (model.graph->values[info.value].initializer == nullptr) names.emplace_back(info.name);
  return names;
}

/// The shape with its channels where the input's declaration has them.
model::Shape in_layout_of(const model::Model& model, const std::string& name, const model::Shape& shape) {
  for (const model::ValueInfo& info : model.graph->inputs) {
    if (info.name != name || !info.type.shape) continue;
    const auto axes = verifier::axes_for(shape, *info.type.shape);
    model::Shape moved;
    for (std::size_t i = 0; axes && i < axes->size(); ++i) moved.push_back(shape[(*axes)[i]]);
    return axes ? moved : shape;
  }
  return shape;
}

}  // namespace

model::InferenceOptions shapes_for(const model::Model& model, const model::Model& other,
                                   const model::InferenceOptions& inference) {
  model::InferenceOptions own = inference;
  own.input_shapes.clear();
  const auto names = input_names(model);
  const auto others = input_names(other);
  for (const auto& [name, shape] : inference.input_shapes)
    if (std::find(names.begin(), names.end(), name) != names.end())
      own.input_shapes.emplace(name, in_layout_of(model, name, shape));
  for (const auto& [name, shape] : inference.input_shapes) {
    const auto place = std::find(others.begin(), others.end(), name) - others.begin();
    const bool is_own = model.graph->value_by_name.contains(name) ||
                        std::cmp_greater_equal(place, names.size()) || std::cmp_equal(place, others.size());
    const std::string& own_name = is_own ? name : names[static_cast<std::size_t>(place)];
    own.input_shapes.emplace(own_name, in_layout_of(model, own_name, shape));
  }
  return own;
}

}  // namespace padproof::cli
