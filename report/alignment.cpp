// SPDX-License-Identifier: Apache-2.0
#include "report/build.h"

namespace padproof::report {
namespace {

// How the padding is written, in the model's own words.
std::string padding_of(const verifier::LayerSide& side) {
  if (side.is_unread) return "unknown";
  if (side.has_pad_node) return "Pad node";
  for (const model::Attribute& attribute : side.node->attributes)
    if (attribute.name == "auto_pad" && attribute.s != "NOTSET") return model::printable(attribute.s);
  return "explicit";
}

void set_layer(const verifier::LayerSide& side, schemas::Layer& message) {
  message.set_name(model::display_name(*side.graph, *side.node));
  message.set_op(model::printable(side.node->op_type));
  message.set_graph(model::printable(side.graph->path));
  message.set_input(model::printable(side.input));
  message.set_padding(padding_of(side));
  message.set_other_value(side.has_other_value);
  for (const std::int64_t pad : side.pads) message.add_pads(static_cast<std::int32_t>(pad));
  for (const verifier::Convention convention : side.conventions)
    message.add_conventions(std::string(verifier::to_string(convention)));
  if (!side.window) return;
  for (const verifier::WindowAxis& axis : side.window->axes) {
    message.add_kernel_shape(static_cast<std::int32_t>(axis.kernel));
    message.add_strides(static_cast<std::int32_t>(axis.stride));
    message.add_dilations(static_cast<std::int32_t>(axis.dilation));
  }
}

std::string_view status_of(verifier::Status status) {
  switch (status) {
    case verifier::Status::kProved:
      return "same";
    case verifier::Status::kRefuted:
      return "different";
    case verifier::Status::kUnknown:
      return "unknown";
  }
  return "";
}

void set_layer_numbers(const verifier::LayerNumbers& layer, schemas::LayerNumbers& message) {
  message.set_elements(layer.elements);
  message.set_differing(layer.differing);
  message.set_on_border(layer.on_border);
  message.set_max_absolute(layer.max_absolute);
  message.set_largest(layer.largest);
  message.set_mean_absolute(layer.mean_absolute);
  message.set_beyond_rounding(layer.is_beyond_rounding);
  for (const std::string& row : layer.heat) message.add_heat(row);
  message.set_has_border(layer.has_border);
  message.set_border_elements(layer.border_elements);
  message.set_border_part(layer.border_part);
}

}  // namespace

void add_alignment(schemas::Model& model, const verifier::PaddingDiff& diff) {
  schemas::Alignment& message = *model.mutable_alignment();
  for (const verifier::LayerDifference& layer : diff.layers) {
    schemas::LayerPair& pair = *message.add_layers();
    set_layer(layer.source, *pair.mutable_source());
    set_layer(layer.target, *pair.mutable_target());
    pair.set_match(std::string(verifier::to_string(layer.match)));
    pair.set_status(std::string(status_of(layer.status)));
    pair.set_reason(model::printable(layer.reason));
    for (const std::int64_t cells : layer.shift) pair.add_shift(static_cast<std::int32_t>(cells));
  }
  for (const verifier::LayerSide& side : diff.left_source) set_layer(side, *message.add_left_source());
  for (const verifier::LayerSide& side : diff.left_target) set_layer(side, *message.add_left_target());
}

void add_numbers(schemas::Model& model, const verifier::DiffNumbers& numbers, std::uint64_t seed) {
  for (std::size_t i = 0; i < numbers.layers.size(); ++i) {
    const verifier::LayerNumbers& layer = numbers.layers[i];
    if (!layer.is_known) continue;
    schemas::LayerNumbers& message =
        *model.mutable_alignment()->mutable_layers(static_cast<int>(i))->mutable_numbers();
    set_layer_numbers(layer, message);
  }
  schemas::DiffNumbers& message = *model.mutable_numbers();
  message.set_samples(static_cast<std::int32_t>(numbers.samples));
  message.set_judged(static_cast<std::int32_t>(numbers.judged));
  message.set_seed(std::to_string(seed));
  message.set_reason(model::printable(numbers.reason));
  for (const std::string& name : numbers.moved_inputs) message.add_moved_inputs(model::printable(name));
  for (const verifier::OutputNumbers& output : numbers.outputs) {
    schemas::OutputNumbers& entry = *message.add_outputs();
    entry.set_source(model::printable(output.source));
    entry.set_target(model::printable(output.target));
    entry.set_max_absolute(output.max_absolute);
    entry.set_largest(output.largest);
    entry.set_rows(static_cast<std::int32_t>(output.rows));
    entry.set_same_top1(static_cast<std::int32_t>(output.same_top1));
  }
  if (numbers.rounding.agreement != verifier::Agreement::kNotAsked)
    set_comparison(*message.mutable_rounding(), "model", numbers.rounding);
  if (numbers.first_beyond)
    message.set_first_beyond(
        model.alignment().layers(static_cast<int>(*numbers.first_beyond)).source().name());
}

}  // namespace padproof::report
