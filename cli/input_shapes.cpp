// SPDX-License-Identifier: Apache-2.0
#include "cli/input_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
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

/// The extents that an input declares, those without a name under one of their own.
model::Shape declared_extents(const model::ValueInfo& input) {
  model::Shape extents = *input.type.shape;
  for (std::size_t i = 0; i < extents.size(); ++i)
    if (!extents[i].is_known()) extents[i] = model::unnamed_extent(input, i);
  return extents;
}

/// What `model` calls the extent that the other one calls `symbol`: itself if it has an extent of that name,
/// nothing if that place has a fixed size here.
std::optional<model::Extent> own_symbol(const model::Model& model, const model::Model& other,
                                        const model::Extent& symbol) {
  std::optional<model::Extent> counterpart = symbol;
  const auto& inputs = model.graph->inputs;
  const auto& others = other.graph->inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].type.shape) continue;
    const model::Shape mine = declared_extents(inputs[i]);
    const auto is_symbol = [&](const model::Extent& extent) { return extent.same_as(symbol); };
    if (std::any_of(mine.begin(), mine.end(), is_symbol)) return symbol;
    if (i >= others.size() || !others[i].type.shape) continue;
    const model::Shape theirs = in_layout_of(model, std::string(inputs[i].name), declared_extents(others[i]));
    for (std::size_t axis = 0; axis < mine.size() && theirs.size() == mine.size(); ++axis)
      if (theirs[axis].same_as(symbol))
        counterpart = mine[axis].is_constant() ? std::nullopt : std::optional(mine[axis]);
  }
  return counterpart;
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
  own.assumptions.clear();
  for (const model::Assumption& assumption : inference.assumptions)
    if (const auto symbol = own_symbol(model, other, assumption.symbol))
      own.assumptions.push_back({*symbol, assumption.modulus, assumption.residue});
  return own;
}

std::string advice_on_open_sizes(const model::GraphInstance& facts) {
  std::string text;
  for (const model::ValueInfo& input : facts.graph->inputs) {
    const auto& shape = facts.facts(input.value).shape;
    const auto is_open = [](const model::Extent& extent) { return !extent.is_constant(); };
    if (!shape || shape->size() < 3 || std::none_of(shape->begin() + 1, shape->end(), is_open)) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", model::printable(input.name),
                        model::to_string(*shape));
  }
  return text.empty() ? text
                      : "; give the size of " + text +
                            " with --input-shape, or what its sizes have in common with --assume";
}

}  // namespace padproof::cli
