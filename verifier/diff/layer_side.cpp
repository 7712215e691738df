// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/layer_side.h"

#include <algorithm>

namespace padproof::verifier {
namespace {

// Where none are known kernels, strides and dilations are the same at any.
constexpr std::int64_t kSomeExtent = std::int64_t{1} << 20;

// SAME is what it is called, at any extents; other pads are numbers.
std::vector<Convention> conventions_anywhere(const Layer& layer, const Window& window) {
  const auto padding =
      model::Attributes(*layer.node, layer.instance->attribute_scope()).string_or("auto_pad", "NOTSET");
  const bool has_pad_node = !layer.pads.nodes.empty();
  if (padding == "SAME_UPPER" || padding == "SAME_LOWER") {
    if (has_pad_node) return {};
    return {padding == "SAME_UPPER" ? Convention::kSameUpper : Convention::kSameLower};
  }
  return conventions_of(window.axes, false);
}

}  // namespace

std::optional<Dims> known_extents(const Layer& layer) {
  if (layer.pads.data.is_absent() || !layer.pads.data.facts().shape) return std::nullopt;
  const model::Shape& shape = *layer.pads.data.facts().shape;
  Dims extents;
  for (std::size_t i = 2; i < shape.size(); ++i) {
    if (!shape[i].is_constant()) return std::nullopt;
    extents.push_back(shape[i].value());
  }
  return extents;
}

WindowSide side_of(const Layer& layer) { return {*layer.instance, *layer.node, layer.meaning, layer.pads}; }

std::size_t spatial_rank(const Layer& layer) {
  if (!layer.pads.data.is_absent() && layer.pads.data.facts().shape)
    return std::max<std::size_t>(2, layer.pads.data.facts().shape->size()) - 2;
  return std::max<std::size_t>(2, layer.weights.dims.size()) - 2;
}

LayerSide describe(const Layer& layer, const std::optional<Dims>& extents) {
  LayerSide side;
  side.graph = layer.instance->graph;
  side.node = layer.node;
  if (layer.instance->parent == nullptr && layer.result != model::kNoValue)
    side.result = side.graph->values[layer.result].name;
  side.has_weights = layer.meaning.weight_input.has_value();
  side.has_pad_node = !layer.pads.nodes.empty();
  side.has_other_value = !layer.pads.other_values.empty();
  if (!layer.pads.data.is_absent() && layer.pads.data.facts().shape)
    side.input = model::to_string(*layer.pads.data.facts().shape);
  const Dims at = extents ? *extents : Dims(spatial_rank(layer), kSomeExtent);
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
