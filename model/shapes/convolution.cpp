// SPDX-License-Identifier: Apache-2.0
// Conv and its quantised and fused relatives, ConvTranspose, DeformConv.
// X is N,C,spatial; W is M,C/group,kernel, for ConvTranspose C,M/group,kernel. Channels may come last in
// com.microsoft.
#include <fmt/format.h>

#include <limits>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"
#include "model/shapes/window.h"

namespace padproof::model::shapes {
namespace {

constexpr std::size_t kNoInput = std::numeric_limits<std::size_t>::max();

struct Convolution {
  std::size_t weight = 1;
  std::size_t bias = 2;
  DataType dtype = DataType::kUndefined;
  bool channels_last = false;
};

Result<std::int64_t> read_group(const RuleContext& context) {
  const std::int64_t group = context.attributes.int_or("group", 1);
  if (group >= 1) return group;
  return bad_attribute("group", "there must be at least one group", std::to_string(group), ">= 1");
}

/// Input and weight must be there; the ranks, where known, must agree. Gives the rank, 0 if neither shape is
/// known.
Result<std::size_t> check_operands(const RuleContext& context, std::size_t weight_input) {
  if (context.input(0) == nullptr || context.input(weight_input) == nullptr) {
    return malformed("missing-input", "a convolution needs a data and a weight input");
  }
  const Shape* data = context.shape(0);
  const Shape* weight = context.shape(weight_input);
  for (const auto& [shape, what] : {std::pair(data, "the data input"), std::pair(weight, "the weight")}) {
    if (shape == nullptr) continue;
    if (auto ok = check_rank(*shape, 3, kAnyRank, what); !ok) return Error(ok.error());
  }
  if (data != nullptr && weight != nullptr && data->size() != weight->size()) {
    return malformed("rank", "data and weight have different ranks", to_string(*data), to_string(*weight));
  }
  return data != nullptr ? data->size() : weight != nullptr ? weight->size() : 0;
}

Result<void> check_channels(const Extent& channels, const Extent& expected, std::string_view what) {
  const auto agreed = unify(channels, expected, what);
  return agreed ? Result<void>() : Error(agreed.error());
}

Result<void> check_divisible(const Extent& channels, std::int64_t group) {
  if (!channels.is_constant() || channels.value() % group == 0) return {};
  return bad_attribute("group", "the channels cannot be split into the groups", std::to_string(group),
                       fmt::format("a divisor of {}", channels.value()));
}

Result<void> check_bias(const RuleContext& context, std::size_t input, const Extent& channels) {
  const Shape* bias = context.shape(input);
  if (bias == nullptr) return {};
  if (auto ok = check_rank(*bias, 1, 1, "the bias"); !ok) return ok;
  return check_channels((*bias)[0], channels, "bias and output channels");
}

std::vector<Extent> kernel_of(const Shape* weight, std::size_t rank) {
  return weight == nullptr ? std::vector<Extent>(rank - 2)
                           : std::vector<Extent>(weight->begin() + 2, weight->end());
}

/// The reason why an extent is not known is that of the operand that is not.
void explain(RuleContext& context, std::size_t weight_input) {
  if (context.shape(0) == nullptr) {
    context.lose_by_input(0, 0);
  } else if (context.shape(weight_input) == nullptr) {
    context.lose_by_input(0, weight_input);
  }
}

Result<void> convolve(RuleContext& context, const Convolution& convolution) {
  const auto rank = check_operands(context, convolution.weight);
  if (!rank) return Error(rank.error());
  const auto group = read_group(context);
  if (!group) return Error(group.error());
  if (*rank == 0) return give_up(context, 0, convolution.dtype, 0);
  const Shape* data = context.shape(0);
  const Shape* weight = context.shape(convolution.weight);
  const std::size_t channel = convolution.channels_last ? *rank - 1 : 1;
  if (weight != nullptr) {
    if (auto ok = check_divisible((*weight)[0], *group); !ok) return ok;
    if (auto ok = check_bias(context, convolution.bias, (*weight)[0]); !ok) return ok;
  }
  if (data != nullptr && weight != nullptr) {
    auto ok = check_channels((*data)[channel], (*weight)[1] * *group, "input channels and the weight's");
    if (!ok) return ok;
  }
  const std::vector<Extent> kernel = kernel_of(weight, *rank);
  const auto window = read_window(context, *rank - 2, {1, 0}, &kernel);
  if (!window) return Error(window.error());
  Shape shape = data == nullptr ? Shape(*rank) : *data;
  shape[channel] = weight == nullptr ? Extent() : (*weight)[0];
  if (auto ok = slide(*window, shape, convolution.channels_last ? 1 : 2); !ok) return ok;
  explain(context, convolution.weight);
  context.set(0, convolution.dtype, std::move(shape));
  return {};
}

/// SAME gives H*s by definition. Otherwise the output is what a convolution would take to H, plus
/// output_padding.
Result<Extent> transposed_extent(const Window& window, const WindowAxis& axis, const Extent& input,
                                 std::int64_t output_padding) {
  if (window.padding == Padding::kSame) return input * axis.stride;
  const Extent uncropped = (input - 1) * axis.stride + axis.reach() + output_padding;
  Extent extent = uncropped - axis.pad_begin - axis.pad_end;
  if (!extent.is_constant() || extent.value() > 0) return extent;
  if (input.is_constant() && input.value() == 0) return Extent();
  return malformed("empty-output", "the pads crop all of the output",
                   fmt::format("{} + {}", axis.pad_begin, axis.pad_end), "< " + uncropped.to_string());
}

Result<void> slide_transposed(const RuleContext& context, const Window& window, Shape& shape) {
  const std::size_t rank = window.axes.size();
  const auto output_padding = read_list(context, "output_padding", rank, 0, 0);
  if (!output_padding) return Error(output_padding.error());
  const auto output_shape = read_list(context, "output_shape", rank, 0, 0);
  if (!output_shape) return Error(output_shape.error());
  const bool is_given = context.attributes.has("output_shape");
  for (std::size_t axis = 0; axis < rank; ++axis) {
    auto extent =
        is_given ? Result<Extent>((*output_shape)[axis])
                 : transposed_extent(window, window.axes[axis], shape[2 + axis], (*output_padding)[axis]);
    if (!extent) return Error(extent.error());
    shape[2 + axis] = std::move(*extent);
  }
  return {};
}

}  // namespace

Result<void> convolution(RuleContext& context) { return convolve(context, {1, 2, context.dtype(0), false}); }

Result<void> integer_convolution(RuleContext& context) {
  return convolve(context, {1, kNoInput, DataType::kInt32, false});
}

Result<void> quantized_convolution(RuleContext& context) {
  return convolve(context, {3, 8, context.dtype(7), context.attributes.int_or("channels_last", 0) != 0});
}

Result<void> deformable_convolution(RuleContext& context) {
  return convolve(context, {1, 3, context.dtype(0), false});
}

Result<void> transposed_convolution(RuleContext& context) {
  const DataType dtype = context.dtype(0);
  const auto rank = check_operands(context, 1);
  if (!rank) return Error(rank.error());
  const auto group = read_group(context);
  if (!group) return Error(group.error());
  if (*rank == 0) return give_up(context, 0, dtype, 0);
  const Shape* data = context.shape(0);
  const Shape* weight = context.shape(1);
  Shape shape = data == nullptr ? Shape(*rank) : *data;
  if (auto ok = check_divisible(shape[1], *group); !ok) return ok;
  if (weight != nullptr) {
    if (auto ok = check_channels(shape[1], (*weight)[0], "input channels and the weight's"); !ok) return ok;
  }
  shape[1] = weight == nullptr ? Extent() : (*weight)[1] * *group;
  if (auto ok = check_bias(context, 2, shape[1]); !ok) return ok;
  const std::vector<Extent> kernel = kernel_of(weight, *rank);
  const auto window = read_window(context, *rank - 2, {1, 0}, &kernel);
  if (!window) return Error(window.error());
  if (auto ok = slide_transposed(context, *window, shape); !ok) return ok;
  explain(context, 1);
  context.set(0, dtype, std::move(shape));
  return {};
}

}  // namespace padproof::model::shapes
