// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "check/operators.h"

namespace padproof::check {
namespace {

/// Operators whose output is as large as their first input, and those that broadcast all of theirs.
constexpr std::string_view kSameShape =
    " Abs BatchNormalization Cast Ceil Clip DequantizeLinear Dropout Elu Erf Exp Floor Gelu HardSigmoid "
    "HardSwish Identity InstanceNormalization LRN LeakyRelu Mish Neg PRelu QuantizeLinear Relu Selu Sigmoid "
    "Softmax Softplus Sqrt Swish Tanh ThresholdedRelu ";
constexpr std::string_view kBroadcast = " Add Div Max Mean Min Mul Pow Sub Sum ";

Shape ints(const Node& node, std::string_view name) {
  const Attribute* attribute = node.find(name);
  return attribute == nullptr ? Shape() : attribute->ints;
}

/// The elements of a list of 64-bit integers in the file; nothing for others.
std::optional<Shape> integers(const Tensor* tensor) {
  if (tensor == nullptr || tensor->data_type != 7 || tensor->is_external || tensor->dims.size() > 1)
    return std::nullopt;
  if (!tensor->is_raw) return tensor->int64s;
  Shape values(tensor->raw.size() / sizeof(std::int64_t));
  if (!values.empty()) std::memcpy(values.data(), tensor->raw.data(), values.size() * sizeof(std::int64_t));
  return values;
}

/// Nothing if the two cannot be broadcast.
std::optional<Shape> broadcast(Shape left, Shape right) {
  if (left.size() < right.size()) left.swap(right);
  right.insert(right.begin(), left.size() - right.size(), 1);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == 1 || (left[i] < 0 && (right[i] > 1 || right[i] == kLost))) std::swap(left[i], right[i]);
    if (right[i] > 1 && left[i] > kLost && left[i] != right[i]) return std::nullopt;
  }
  return left;
}

std::optional<Shape> broadcast_all(const Facts& inputs, std::size_t step) {
  std::optional<Shape> shape = Shape();
  for (std::size_t i = 0; i < inputs.size() && shape; i += step)
    shape = inputs[i].shape ? broadcast(*shape, *inputs[i].shape) : std::nullopt;
  return shape;
}

std::optional<Shape> transposed(const Node& node, const Shape& data) {
  const Shape order = ints(node, "perm");
  if (order.empty()) return Shape(data.rbegin(), data.rend());
  Shape shape;
  for (const std::int64_t axis : order) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(data.size())) return std::nullopt;
    shape.push_back(data[static_cast<std::size_t>(axis)]);
  }
  return shape.size() == data.size() ? std::optional(shape) : std::nullopt;
}

/// An extent of -1 follows from the others.
std::optional<Shape> reshaped(const Node& node, const Facts& inputs) {
  const Shape data = inputs[0].shape.value_or(Shape());
  auto shape = inputs.size() < 2 ? std::nullopt : integers(inputs[1].constant);
  if (!shape || node.find("allowzero") != nullptr) return std::nullopt;
  for (std::size_t i = 0; i < shape->size(); ++i) {
    if ((*shape)[i] < -1) return std::nullopt;
    if ((*shape)[i] <= 0) (*shape)[i] = (*shape)[i] == 0 && i < data.size() ? data[i] : kLost;
  }
  return shape;
}

std::optional<Shape> padded(const Node& node, std::int64_t operator_set, Shape data, const Facts& inputs) {
  const Attribute* mode = node.find("mode");
  const bool is_known = inputs.size() < 4 && (mode == nullptr || mode->s == "constant");
  const auto pads = operator_set < 11                ? ints(node, operator_set < 2 ? "paddings" : "pads")
                    : inputs.size() < 2 || !is_known ? std::nullopt
                                                     : integers(inputs[1].constant);
  if (!is_known || !pads || pads->size() != 2 * data.size()) return std::nullopt;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::int64_t before = (*pads)[i];
    const std::int64_t after = (*pads)[i + data.size()];
    if (std::min(before, after) < 0 || std::max({before, after, data[i]}) > INT32_MAX) return std::nullopt;
    if (data[i] >= 0) data[i] += before + after;
  }
  return data;
}

std::optional<Shape> reduced(const Node& node, Shape data, const Facts& inputs) {
  const auto axes = inputs.size() > 1 ? integers(inputs[1].constant) : ints(node, "axes");
  const Attribute* keep = node.find("keepdims");
  if (!axes || axes->empty() || (keep != nullptr && keep->i == 0)) return std::nullopt;
  for (std::int64_t axis : *axes) {
    if (axis < 0) axis += static_cast<std::int64_t>(data.size());
    if (axis < 0 || axis >= static_cast<std::int64_t>(data.size())) return std::nullopt;
    data[static_cast<std::size_t>(axis)] = 1;
  }
  return data;
}

/// Along the channels; all other extents are those of every input.
std::optional<Shape> joined(const Node& node, Shape data) {
  const Attribute* axis = node.find("axis");
  if (axis == nullptr || axis->i != 1 || data.size() < 2) return std::nullopt;
  data[1] = kLost;
  return data;
}

}  // namespace

std::optional<std::size_t> weights_of(const Node& node) {
  if (node.domain == "com.microsoft" && node.op == "FusedConv") return 1;
  if (!node.domain.empty()) return std::nullopt;
  if (node.op == "Conv" || node.op == "ConvInteger" || node.op == "ConvTranspose") return 1;
  if (node.op == "QLinearConv") return 3;
  if (node.op == "MaxPool" || node.op == "AveragePool" || node.op == "LpPool") return 0;
  return std::nullopt;
}

std::optional<Shape> output_shape(const Node& node, std::int64_t operator_set, const Facts& inputs) {
  if (node.domain == "com.microsoft" && (node.op == "QLinearAdd" || node.op == "QLinearMul"))
    return broadcast_all(inputs, 3);
  const auto refers = [](const Attribute& attribute) { return !attribute.reference.empty(); };
  if (inputs.empty() || std::any_of(node.attributes.begin(), node.attributes.end(), refers))
    return std::nullopt;
  if (node.domain.empty() && node.op == "Reshape") return reshaped(node, inputs);
  if (!inputs[0].shape) return std::nullopt;
  if (weights_of(node)) return window_shape(node, operator_set, inputs);
  if (!node.domain.empty()) return std::nullopt;
  if (is_one_of(kSameShape, node.op)) return inputs[0].shape;
  if (is_one_of(kBroadcast, node.op)) return operator_set < 7 ? inputs[0].shape : broadcast_all(inputs, 1);
  if (node.op == "Transpose") return transposed(node, *inputs[0].shape);
  if (node.op == "Pad") return padded(node, operator_set, *inputs[0].shape, inputs);
  if (node.op == "ReduceMean" || node.op == "ReduceMax" || node.op == "ReduceSum")
    return reduced(node, *inputs[0].shape, inputs);
  if (node.op == "Concat") return joined(node, *inputs[0].shape);
  if (node.op != "GlobalAveragePool" && node.op != "GlobalMaxPool") return std::nullopt;
  Shape shape = *inputs[0].shape;
  if (shape.size() > 2) std::fill(shape.begin() + 2, shape.end(), 1);
  return shape;
}

}  // namespace padproof::check
