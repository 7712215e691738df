// SPDX-License-Identifier: Apache-2.0
#include "tests/support/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tests/support/axes.h"

namespace padproof::test {
namespace {

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
  if (random.one_in(8))
    return {fmt::format(
        kModel, 17,
        fmt::format("float[{},{},{}] x", random.between(1, 2), random.between(1, 40), random.between(1, 90)),
        "y = GlobalAveragePool(x)")};
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
  const std::int64_t kind = random.between(0, 7);
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
  if (kind == 7) return {fmt::format(kModel, 17, type(whole) + " x", "y = Sigmoid(x)")};
  const char* const names[] = {"Add", "Sub", "Mul", "Div"};
  const std::string left = random.one_in(2) ? whole : random_dims(random, result);
  const std::string right = random.one_in(2) ? whole : random_dims(random, result);
  return {fmt::format(kModel, 17, type(left) + " x, " + type(right) + " z",
                      fmt::format("y = {}(x, z)", names[kind]))};
}

}  // namespace padproof::test
