// SPDX-License-Identifier: Apache-2.0
// Normalisations with more than one output, and Dropout.
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

/// The number of channels: axis 1 of X, or what the parameters say; a tensor of rank 1 has one channel.
Result<Extent> read_channels(const RuleContext& context) {
  Extent channels;
  if (const Shape* data = context.shape(0)) channels = data->size() < 2 ? Extent(1) : (*data)[1];
  for (std::size_t input = 1; input < 5; ++input) {
    const Shape* parameter = context.shape(input);
    // BatchNormalization before opset 9 has one parameter per element if spatial=0.
    if (parameter == nullptr || parameter->size() != 1) continue;
    auto agreed = unify(channels, (*parameter)[0], "channels and a parameter's length");
    if (!agreed) return agreed;
    channels = std::move(*agreed);
  }
  return channels;
}

}  // namespace

Result<void> batch_normalization(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 0);
  const auto channels = read_channels(context);
  if (!channels) return Error(channels.error());
  const bool spatial = context.opset >= 9 || context.attributes.int_or("spatial", 1) != 0;
  for (std::size_t output = 1; output < context.output_count(); ++output) {
    // From opset 14 on: running mean and variance. Before: mean, variance, saved mean, saved variance.
    const std::size_t input = context.opset >= 14 ? output + 2 : 3 + (output - 1) % 2;
    if (spatial) {
      context.set(output, context.dtype(input), {*channels});
    } else {
      set_like(context, output, context.dtype(input), input);
    }
  }
  return {};
}

Result<void> layer_normalization(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 0);
  const auto stash = static_cast<DataType>(context.attributes.int_or("stash_type", 1));
  const Shape* data = context.shape(0);
  for (std::size_t output = 1; output < context.output_count(); ++output) {
    if (data == nullptr) {
      if (auto lost = give_up(context, output, stash, 0); !lost) return lost;
      continue;
    }
    const auto first = normalize_axis(context.attributes.int_or("axis", -1), data->size());
    if (!first) return Error(first.error());
    Shape shape = *data;
    for (std::size_t axis = *first; axis < shape.size(); ++axis) shape[axis] = 1;
    context.set(output, stash, std::move(shape));
  }
  return {};
}

Result<void> dropout(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 0);
  set_like(context, 1, context.opset >= 10 ? DataType::kBool : context.dtype(0), 0);
  return {};
}

}  // namespace padproof::model::shapes
