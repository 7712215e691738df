// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/wire_model.h"

#include <doctest/doctest.h>

#include "model/onnx/reader.h"

namespace padproof::verifier::testing {
namespace {

constexpr std::uint64_t kOpset = 13;

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 128; value >>= 7U) bytes += static_cast<char>(value | 128U);
  return bytes + static_cast<char>(value);
}
std::string number(std::uint64_t field, std::uint64_t value) { return varint(field << 3U) + varint(value); }
std::string text(std::uint64_t field, std::string_view value) {
  return varint(field << 3U | 2U) + varint(value.size()) + std::string(value);
}

// Field numbers are those of onnx.proto.
std::string encoded_node(std::string_view op_type, const WireModel::Names& inputs,
                         const WireModel::Names& outputs) {
  std::string node;
  for (const std::string& input : inputs) node += text(1, input);
  for (const std::string& output : outputs) node += text(2, output);
  return node + text(4, op_type);
}
std::string encoded_import(std::string_view domain, std::uint64_t version) {
  return text(1, domain) + number(2, version);
}

}  // namespace

WireModel& WireModel::input(std::string_view name, const std::vector<std::int64_t>& dims) {
  std::string shape;
  for (const std::int64_t extent : dims) shape += text(1, number(1, static_cast<std::uint64_t>(extent)));
  graph_ += text(11, text(1, name) + text(2, text(1, number(1, 1) + text(2, shape))));
  return *this;
}

WireModel& WireModel::untyped_input(std::string_view name) {
  graph_ += text(11, text(1, name));
  return *this;
}

WireModel& WireModel::output(std::string_view name) {
  graph_ += text(12, text(1, name));
  return *this;
}

WireModel& WireModel::initializer(std::string_view name, const std::vector<std::int64_t>& dims,
                                  const std::vector<std::int64_t>& values) {
  std::string tensor;
  for (const std::int64_t extent : dims) tensor += number(1, static_cast<std::uint64_t>(extent));
  tensor += number(2, 7);
  for (const std::int64_t value : values) tensor += number(7, static_cast<std::uint64_t>(value));
  graph_ += text(5, tensor + text(8, name));
  return *this;
}

WireModel& WireModel::node(std::string_view op_type, const Names& inputs, const Names& outputs,
                           const std::vector<std::pair<std::string, std::string>>& graphs,
                           std::string_view domain) {
  std::string node = encoded_node(op_type, inputs, outputs);
  for (const auto& [name, graph] : graphs) node += text(5, text(1, name) + text(6, graph) + number(20, 5));
  graph_ += text(1, node + text(7, domain));
  return *this;
}

WireModel& WireModel::function(std::string_view domain, std::string_view name, const Names& inputs,
                               const Names& outputs, const std::vector<Step>& steps) {
  std::string function = text(1, name);
  for (const std::string& input : inputs) function += text(4, input);
  for (const std::string& output : outputs) function += text(5, output);
  for (const Step& step : steps) function += text(7, encoded_node(step.op_type, step.inputs, step.outputs));
  functions_ += text(25, function + text(9, encoded_import("", kOpset)) + text(10, domain));
  imports_ += text(8, encoded_import(domain, 1));
  return *this;
}

model::Model WireModel::read() const {
  auto rope = std::make_shared<model::Rope>();
  rope->append_owned(number(1, 8) + text(7, graph_) + text(8, encoded_import("", kOpset)) + imports_ +
                     functions_);
  auto model = model::read_onnx(rope, "wire");
  REQUIRE_MESSAGE(model.has_value(), to_string(model.error()));
  return std::move(*model);
}

}  // namespace padproof::verifier::testing
