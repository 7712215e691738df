// SPDX-License-Identifier: Apache-2.0
#include "tests/support/layers.h"

#include <fmt/format.h>

#include <bit>
#include <limits>
#include <vector>

namespace padproof::test {
namespace {

/// One sliding axis whose windows fit.
struct Axis {
  std::int64_t in;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t pad_begin;
  std::int64_t pad_end;
  [[nodiscard]] std::int64_t out() const {
    return (in + pad_begin + pad_end - (kernel - 1) * dilation - 1) / stride + 1;
  }
};

Axis random_axis(Random& random, std::int64_t most_in, bool pads_below_kernel) {
  Axis axis{};
  axis.kernel = random.between(1, 5);
  axis.stride = random.between(1, 3);
  axis.dilation = random.one_in(3) ? 2 : 1;
  const std::int64_t most = pads_below_kernel ? axis.kernel - 1 : axis.kernel + 1;
  axis.pad_begin = random.between(0, most);
  axis.pad_end = random.between(0, most);
  axis.in = random.between(std::max<std::int64_t>(1, (axis.kernel - 1) * axis.dilation + 1 - axis.pad_begin),
                           most_in);
  return axis;
}

std::vector<Axis> random_axes(Random& random, bool pads_below_kernel) {
  if (random.one_in(4)) return {random_axis(random, 200, pads_below_kernel)};
  return {random_axis(random, 24, pads_below_kernel), random_axis(random, 40, pads_below_kernel)};
}

template <class Number>
std::string list(const std::vector<Axis>& axes, Number number) {
  std::string text;
  for (const Axis& axis : axes) text += (text.empty() ? "" : ",") + std::to_string(number(axis));
  return text;
}

std::string window_attributes(const std::vector<Axis>& axes, bool with_dilations) {
  std::string text = fmt::format("kernel_shape=[{}],strides=[{}],pads=[{},{}]",
                                 list(axes, [](const Axis& axis) { return axis.kernel; }),
                                 list(axes, [](const Axis& axis) { return axis.stride; }),
                                 list(axes, [](const Axis& axis) { return axis.pad_begin; }),
                                 list(axes, [](const Axis& axis) { return axis.pad_end; }));
  if (with_dilations)
    text += fmt::format(",dilations=[{}]", list(axes, [](const Axis& axis) { return axis.dilation; }));
  return text;
}

constexpr const char* kModel = "<ir_version: 8, opset_import: [\"\" : {}]> g ({}) => (float[] y) {{ {} }}";

std::string random_dims(Random& random, const std::vector<std::int64_t>& result) {
  std::string text;
  std::size_t first = random.one_in(3) ? static_cast<std::size_t>(random.between(0, std::ssize(result))) : 0;
  for (; first < result.size(); ++first)
    text += fmt::format("{}{}", text.empty() ? "" : ",", random.one_in(3) ? 1 : result[first]);
  return text;
}

}  // namespace

std::int64_t Random::between(std::int64_t least, std::int64_t most) {
  return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
}

float Random::normal() { return normal_(engine_); }

LayerCase random_convolution(Random& random) {
  const std::vector<Axis> axes = random_axes(random, false);
  const bool depthwise = random.one_in(4);
  const std::int64_t group = depthwise ? random.between(1, 12) : random.one_in(4) ? 2 : 1;
  const std::int64_t channels = depthwise ? 1 : random.between(1, 40);
  const std::int64_t outputs = depthwise ? random.between(1, 2) : random.between(1, 26);
  const std::int64_t batch = random.between(1, 2);
  const std::string in = list(axes, [](const Axis& axis) { return axis.in; });
  const std::string out = list(axes, [](const Axis& axis) { return axis.out(); });
  std::string inputs =
      fmt::format("float[{},{},{}] x, float[{},{},{}] w", batch, group * channels, in, group * outputs,
                  channels, list(axes, [](const Axis& axis) { return axis.kernel; }));
  const bool has_bias = random.one_in(2);
  if (has_bias) inputs += fmt::format(", float[{}] b", group * outputs);
  std::string nodes = fmt::format("c = Conv<{},group={}>(x, w{})", window_attributes(axes, true), group,
                                  has_bias ? ", b" : "");
  std::string last = "c";
  if (random.one_in(2)) {
    inputs += fmt::format(", float[{},{},{}] r", batch, group * outputs, out);
    nodes += random.one_in(2) ? " a = Add(c, r)" : " a = Add(r, c)";
    last = "a";
  }
  if (random.one_in(2)) {
    inputs += ", float least, float most";
    nodes += fmt::format(" y = Clip({}, least, most)", last);
  } else {
    nodes += fmt::format(" y = Relu({})", last);
  }
  return {fmt::format(kModel, 17, inputs, nodes)};
}

LayerCase random_pooling(Random& random) {
  const std::vector<Axis> axes = random_axes(random, true);
  const bool is_max = random.one_in(2);
  const std::string inputs = fmt::format("float[{},{},{}] x", random.between(1, 2), random.between(1, 9),
                                         list(axes, [](const Axis& axis) { return axis.in; }));
  std::string attributes = window_attributes(axes, true);
  if (!is_max) attributes += fmt::format(",count_include_pad={}", random.between(0, 1));
  return {fmt::format(kModel, 19, inputs,
                      fmt::format("y = {}<{}>(x)", is_max ? "MaxPool" : "AveragePool", attributes))};
}

LayerCase random_product(Random& random) {
  const std::int64_t rows = random.between(1, 40);
  const std::int64_t inner = random.between(1, 700);
  const std::int64_t columns = random.between(1, 70);
  if (random.one_in(2))
    return {fmt::format(kModel, 17,
                        fmt::format("float[{},{}] x, float[{},{}] w", rows, inner, inner, columns),
                        "y = MatMul(x, w)")};
  const bool left = random.one_in(3);
  const bool right = !random.one_in(3);
  const auto dims = [](std::int64_t first, std::int64_t second, bool transposed) {
    return transposed ? fmt::format("{},{}", second, first) : fmt::format("{},{}", first, second);
  };
  return {fmt::format(
      kModel, 17,
      fmt::format("float[{}] x, float[{}] w, float[{}] b", dims(rows, inner, left),
                  dims(inner, columns, right), columns),
      fmt::format("y = Gemm<transA={},transB={},alpha=0.7,beta=1.3>(x, w, b)", left ? 1 : 0, right ? 1 : 0))};
}

LayerCase random_elementwise(Random& random) {
  std::vector<std::int64_t> result;
  for (std::int64_t rank = random.between(0, 4); rank > 0; --rank) result.push_back(random.between(1, 24));
  const std::string whole = fmt::format("{}", fmt::join(result, ","));
  const auto type = [](const std::string& dims) { return dims.empty() ? "float" : "float[" + dims + "]"; };
  const std::int64_t kind = random.between(0, 6);
  if (kind == 4) return {fmt::format(kModel, 17, type(whole) + " x", "y = Relu(x)")};
  if (kind == 5)
    return {fmt::format(kModel, 17, type(whole) + " x, float least, float most", "y = Clip(x, least, most)")};
  if (kind == 6) {
    const std::int64_t channels = random.between(1, 20);
    return {fmt::format(
        kModel, 17,
        fmt::format("float[{},{},{}] x, float[{}] s, float[{}] b, float[{}] m, float[{}] positive",
                    random.between(1, 3), channels, random.between(1, 300), channels, channels, channels,
                    channels),
        "y = BatchNormalization(x, s, b, m, positive)")};
  }
  const char* const names[] = {"Add", "Sub", "Mul", "Div"};
  const std::string left = random.one_in(2) ? whole : random_dims(random, result);
  const std::string right = random.one_in(2) ? whole : random_dims(random, result);
  return {fmt::format(kModel, 17, type(left) + " x, " + type(right) + " z",
                      fmt::format("y = {}(x, z)", names[kind]))};
}

float special_value(Random& random) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float special[] = {
      kInfinity, -kInfinity, std::bit_cast<float>(0x7FC12345U),        std::bit_cast<float>(0xFFC00001U),
      -0.0F,     0.0F,       std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()};
  return special[static_cast<std::size_t>(random.between(0, std::ssize(special) - 1))];
}

verifier::NamedTensors random_inputs(const model::Model& model, Values values, Random& random) {
  verifier::NamedTensors inputs;
  const float scale = values == Values::kUnderflow ? 1e-26F : 1.0F;
  for (const model::ValueInfo& input : model.graph->inputs) {
    verifier::Dims dims;
    for (const model::Extent& extent : *input.type.shape) dims.push_back(extent.value());
    verifier::Tensor tensor(model::DataType::kFloat, dims);
    for (float& value : tensor.mutable_data<float>()) {
      value = random.normal() * scale;
      if (input.name == "positive") value = std::abs(value) + 0.1F;
      if (values == Values::kSpecial && random.one_in(40)) value = special_value(random);
    }
    inputs.emplace(input.name, std::move(tensor));
  }
  return inputs;
}

}  // namespace padproof::test
