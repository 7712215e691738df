// SPDX-License-Identifier: Apache-2.0
// Operators that keep the elements in order: Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout (not
// training). Sources: ONNX Reshape-1/-5/-13/-14, Flatten-1/-9/-11/-13, Squeeze-1/-11/-13,
// Unsqueeze-1/-11/-13, Identity-1 to -25, Dropout-1/-6/-7/-10/-12/-13/-22.
#include <algorithm>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

Result<void> give_reshaped(KernelContext& context, Dims dims) {
  const Tensor& input = context.present(0);
  const auto count = count_elements(dims);
  if (!count) return Error(count.error());
  if (*count != input.size())
    return bad_shape("new shape has another number of elements", dims, to_string(input.dims()));
  context.outputs[0] = input.reshaped(std::move(dims));
  return {};
}

/// The list that older versions take as attribute `name` and later ones as input 1.
Result<std::vector<std::int64_t>> listed(const KernelContext& context, std::string_view name,
                                         std::int64_t input_since) {
  if (context.opset < input_since) {
    if (context.input(1) != nullptr)
      return model::malformed("input-count", "too many inputs for this version");
    return context.attributes.ints(name);
  }
  if (context.attributes.has(name))
    return model::malformed("attribute-not-in-version", "this version takes an input instead",
                            std::string(name));
  if (context.input(1) == nullptr) return std::vector<std::int64_t>{};
  return integers(context.present(1));
}

Result<Dims> requested_dims(const KernelContext& context, const Dims& shape) {
  const Tensor& input = context.present(0);
  const bool zero_is_zero = context.attributes.int_or("allowzero", 0) != 0;
  Dims dims = shape;
  std::size_t open = dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < -1) return bad_shape("new shape has a negative extent", shape);
    if (dims[i] == -1 && open != dims.size()) return bad_shape("new shape has two open extents", shape);
    if (dims[i] == -1) open = i;
    if (dims[i] != 0 || zero_is_zero) continue;
    if (i >= input.rank()) return bad_shape("new shape copies an extent that the data lacks", shape);
    dims[i] = input.dims()[i];
  }
  if (open == dims.size()) return dims;
  dims[open] = 1;
  const auto rest = count_elements(dims);
  if (!rest) return Error(rest.error());
  if (*rest == 0 || input.size() % *rest != 0)
    return bad_shape("the open extent of the new shape has no solution", shape, to_string(input.dims()));
  dims[open] = input.size() / *rest;
  return dims;
}

/// True if Dropout trains with a ratio above 0, which is random.
Result<bool> drops_elements(const KernelContext& context) {
  if (context.opset < 7) return context.attributes.int_or("is_test", 0) == 0;
  if (context.input(2) == nullptr) return false;
  auto trains = single_bool(context.present(2));
  if (!trains || !*trains) return trains;
  const Tensor* const ratio = context.input(1);
  return ratio == nullptr || ratio->dtype() != model::DataType::kFloat || ratio->size() != 1 ||
         ratio->data<float>().front() != 0;
}

}  // namespace

Result<void> identity(KernelContext& context) {
  context.outputs[0] = context.present(0);
  return {};
}

Result<void> reshape(KernelContext& context) {
  const auto shape = listed(context, "shape", 5);
  if (!shape) return Error(shape.error());
  if (context.opset >= 5 && context.input(1) == nullptr)
    return model::malformed("missing-input", "the new shape is missing");
  auto dims = requested_dims(context, *shape);
  if (!dims) return Error(dims.error());
  return give_reshaped(context, std::move(*dims));
}

Result<void> flatten(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  const auto rank = static_cast<std::int64_t>(dims.size());
  std::int64_t axis = context.attributes.int_or("axis", 1);
  if (axis < (context.opset < 11 ? 0 : -rank) || axis > rank)
    return model::malformed("axis-out-of-range", "axis is not one of the tensor's", std::to_string(axis));
  if (axis < 0) axis += rank;
  const auto split = static_cast<std::size_t>(axis);
  return give_reshaped(context, {extent_product(dims, 0, split), extent_product(dims, split, dims.size())});
}

Result<void> squeeze(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  const auto named = listed(context, "axes", 13);
  if (!named) return Error(named.error());
  const auto axes = resolve_axes(*named, dims.size());
  if (!axes) return Error(axes.error());
  // An empty list names no axis; only one that is not there means all of extent 1.
  const bool is_listed = context.opset < 13 ? context.attributes.has("axes") : context.input(1) != nullptr;
  Dims kept;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool is_named = std::binary_search(axes->begin(), axes->end(), i);
    if (is_named && dims[i] != 1) return bad_shape("squeezed axis is not of extent 1", dims);
    if (!is_named && (dims[i] != 1 || is_listed)) kept.push_back(dims[i]);
  }
  return give_reshaped(context, std::move(kept));
}

Result<void> unsqueeze(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  const auto named = listed(context, "axes", 13);
  if (!named) return Error(named.error());
  const auto axes = resolve_axes(*named, dims.size() + named->size());
  if (!axes) return Error(axes.error());
  Dims result = dims;
  for (const std::size_t axis : *axes) result.insert(result.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return give_reshaped(context, std::move(result));
}

Result<void> dropout(KernelContext& context) {
  const auto drops = drops_elements(context);
  if (!drops) return Error(drops.error());
  if (*drops) return unsupported_in_engine(context, "training", "");
  context.outputs[0] = context.present(0);
  if (!context.wants(1)) return {};
  if (context.opset < 10) return unsupported_in_engine(context, "mask before opset 10", "");
  const auto mask = make_output(context, 1, model::DataType::kBool, context.input(0)->dims());
  if (!mask) return Error(mask.error());
  fill_in_time((*mask)->mutable_bytes(), 1, (*mask)->bytes().size());
  return {};
}

}  // namespace padproof::verifier
