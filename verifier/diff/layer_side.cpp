// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/layer_side.h"

#include <algorithm>

namespace padproof::verifier {
namespace {

// SAME that the node itself states.
std::optional<Convention> written_convention(const Layer& layer) {
  const auto padding =
      model::Attributes(*layer.node, layer.instance->attribute_scope()).string_or("auto_pad", "NOTSET");
  if (!layer.pads.nodes.empty()) return std::nullopt;
  if (padding == "SAME_UPPER") return Convention::kSameUpper;
  return padding == "SAME_LOWER" ? std::optional(Convention::kSameLower) : std::nullopt;
}

// SAME is what it is called, at any extents; other pads are numbers.
std::vector<Convention> conventions_anywhere(const Layer& layer, const Window& window) {
  const auto padding =
      model::Attributes(*layer.node, layer.instance->attribute_scope()).string_or("auto_pad", "NOTSET");
  if (const auto written = written_convention(layer)) return {*written};
  if (padding == "SAME_UPPER" || padding == "SAME_LOWER") return {};
  return conventions_of(window.axes, false);
}

// Those that are known.
Dims some_extents(const Layer& layer) {
  Dims extents(spatial_rank(layer), kSomeExtent);
  const auto shape = shape_in_front(layer.pads);
  for (std::size_t i = 0; shape && i < extents.size() && i + 2 < shape->size(); ++i)
    extents[i] = (*shape)[i + 2].constant().value_or(kSomeExtent);
  return extents;
}

}  // namespace

std::optional<Dims> known_extents(const Layer& layer) {
  const auto shape = shape_in_front(layer.pads);
  if (!shape) return std::nullopt;
  Dims extents;
  for (std::size_t i = 2; i < shape->size(); ++i) {
    if (!(*shape)[i].is_constant()) return std::nullopt;
    extents.push_back((*shape)[i].value());
  }
  return extents;
}

WindowSide side_of(const Layer& layer) { return {*layer.instance, *layer.node, layer.meaning, layer.pads}; }

std::size_t spatial_rank(const Layer& layer) {
  if (!layer.pads.data.is_absent() && layer.pads.data.facts().shape)
    return std::max<std::size_t>(2, layer.pads.data.facts().shape->size()) - 2;
  return std::max<std::size_t>(2, layer.weights.dims.size()) - 2;
}

bool has_convention(const LayerSide& side, Convention convention) {
  return std::find(side.conventions.begin(), side.conventions.end(), convention) != side.conventions.end();
}

LayerSide describe(const Layer& layer, const std::optional<Dims>& extents) {
  LayerSide side;
  side.graph = layer.instance->graph;
  side.node = layer.node;
  if (layer.instance->parent == nullptr && !layer.results.empty())
    side.result = side.graph->values[layer.results.back().value].name;
  side.has_weights = layer.meaning.weight_input.has_value();
  side.knows_weights = layer.weights.is_known();
  side.has_pad_node = !layer.pads.nodes.empty();
  side.has_other_value = !layer.pads.other_values.empty();
  if (const auto shape = shape_in_front(layer.pads)) side.input = model::to_string(*shape);
  const Dims at = extents ? *extents : some_extents(layer);
  auto window = resolve_side(side_of(layer), at);
  if (!window) return side;
  if (extents) {
    for (const WindowAxis& axis : window->axes) side.pads.push_back(axis.pad_begin);
    for (const WindowAxis& axis : window->axes) side.pads.push_back(axis.pad_end);
  }
  if (layer.meaning.kind != WindowKind::kTransposedConv)
    side.conventions = extents ? conventions_of(window->axes, true) : conventions_anywhere(layer, *window);
  else if (extents || !model::Attributes(*layer.node, layer.instance->attribute_scope()).has("output_shape"))
    side.conventions = transposed_conventions_of(window->axes);
  side.written = written_convention(layer);
  if (side.written && !has_convention(side, *side.written))
    side.conventions.insert(side.conventions.begin(), *side.written);
  side.window = std::move(*window);
  return side;
}

LayerSide describe(const UnreadNode& unread) {
  LayerSide side;
  side.is_unread = true;
  side.graph = unread.graph;
  side.node = unread.node;
  return side;
}

}  // namespace padproof::verifier
