// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tests/support/axes.h"

namespace padproof::test {
namespace {

const char* byte_type(Random& random) { return random.one_in(2) ? "int8" : "uint8"; }

/// One value, or one for each of `count`.
std::string one_or(Random& random, std::int64_t count) {
  return random.one_in(2) ? "" : fmt::format("[{}]", count);
}

}  // namespace

LayerCase random_integer_convolution(Random& random) {
  const std::vector<Axis> axes = random_axes(random, false);
  const std::int64_t group = random.one_in(3) ? random.between(1, 5) : 1;
  const std::int64_t channels = random.one_in(4) ? 1 : random.between(1, 40);
  const std::int64_t outputs = group * random.between(1, 20);
  const std::string x = byte_type(random);
  const std::string w = byte_type(random);
  const std::string y = byte_type(random);
  const std::string operands =
      fmt::format("{}[{},{},{}] x, {}[{},{},{}] w, {} xz, {}{} wz", x, random.between(1, 2), group * channels,
                  list(axes, [](const Axis& axis) { return axis.in; }), w, outputs, channels,
                  list(axes, [](const Axis& axis) { return axis.kernel; }), x, w, one_or(random, outputs));
  const std::string attributes = fmt::format("{},group={}", window_attributes(axes, true), group);
  if (random.one_in(3))
    return {
        fmt::format("<ir_version: 8, opset_import: [\"\" : 17]> g ({}) => (int32[] y) "
                    "{{ y = ConvInteger<{}>(x, w, xz, wz) }}",
                    operands, attributes)};
  const bool has_bias = random.one_in(2);
  return {
      fmt::format("<ir_version: 8, opset_import: [\"\" : 17]> g ({}, float positive, float{} small, {} yz{}) "
                  "=> ({}[] y) {{ y = QLinearConv<{}>(x, positive, xz, w, small, wz, positive, yz{}) }}",
                  operands, one_or(random, outputs), y, has_bias ? fmt::format(", int32[{}] b", outputs) : "",
                  y, attributes, has_bias ? ", b" : "")};
}

LayerCase random_integer_product(Random& random) {
  const std::int64_t inner = random.between(1, 200);
  const std::string x = byte_type(random);
  const std::string w = byte_type(random);
  return {
      fmt::format("<ir_version: 8, opset_import: [\"\" : 17]> g ({}[{},{}] x, {} xz, {}[{},{}] w, {} wz, "
                  "float positive, float small, {} yz) => ({}[] y) "
                  "{{ y = QLinearMatMul(x, positive, xz, w, small, wz, positive, yz) }}",
                  x, random.between(1, 20), inner, x, w, inner, random.between(1, 70), w, x, x)};
}

LayerCase random_linear_bytes(Random& random) {
  const std::string type = byte_type(random);
  const std::int64_t rows = random.between(1, 60);
  return {
      fmt::format("<ir_version: 8, opset_import: [\"\" : 17, \"com.microsoft\" : 1]> g ({}[{},200] x, {} xz, "
                  "{}[{},200] w, {} wz, float positive, float p, float q, {} yz) => ({}[{},200] y) "
                  "{{ y = com.microsoft.{}(x, p, xz, w, q, wz, positive, yz) }}",
                  type, rows, type, type, random.one_in(4) ? 1 : rows, type, type, type, rows,
                  random.one_in(2) ? "QLinearAdd" : "QLinearMul")};
}

}  // namespace padproof::test
