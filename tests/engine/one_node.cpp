// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/one_node.h"

#include <array>
#include <random>

namespace padproof::verifier::testing {
namespace {

constexpr std::array<std::string_view, 14> kNames = {"v0", "v1", "v2", "v3",  "v4",  "v5",  "v6",
                                                     "v7", "v8", "v9", "v10", "v11", "v12", "v13"};

/// Enough for any honest test; what random nodes ask for beyond it is an error.
constexpr std::uint64_t kMemoryLimit = std::uint64_t{64} << 20;

model::ValueId add_value(model::Graph& graph, model::ValueKind kind) {
  const auto id = static_cast<model::ValueId>(graph.values.size());
  model::Value value;
  value.name = kNames.at(id);
  value.kind = kind;
  graph.values.push_back(value);
  return id;
}

model::Attribute copy_of(const model::Attribute& from) {
  model::Attribute attribute;
  attribute.name = from.name;
  attribute.kind = from.kind;
  attribute.i = from.i;
  attribute.f = from.f;
  attribute.s = from.s;
  attribute.ints = from.ints;
  return attribute;
}

}  // namespace

Tensor floats(Dims dims, const std::vector<float>& values) {
  return tensor_of(model::DataType::kFloat, std::move(dims), values);
}

Tensor integers(const std::vector<std::int64_t>& values) {
  return tensor_of(model::DataType::kInt64, {std::ssize(values)}, values);
}

Tensor small_integers(Dims dims, std::uint32_t seed) {
  std::mt19937 random(seed);
  Tensor tensor(model::DataType::kFloat, std::move(dims));
  for (float& value : tensor.mutable_data<float>())
    value = static_cast<float>(static_cast<int>(random() % 15U) - 7);
  return tensor;
}

const Operator* operator_named(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? find_operator("", name)
                                       : find_operator(name.substr(0, dot), name.substr(dot + 1));
}

OneNode::OneNode(std::string_view op_type, std::int64_t opset, std::string_view domain) : opset_(opset) {
  node_.name = "node";
  node_.op_type = op_type;
  node_.domain = domain;
}

OneNode::OneNode(const OneNode& other) : OneNode(other.node_.op_type, other.opset_, other.node_.domain) {
  for (const model::Attribute& attribute : other.node_.attributes)
    node_.attributes.push_back(copy_of(attribute));
}

model::Attribute& OneNode::add(std::string_view name, model::AttributeKind kind) {
  node_.attributes.emplace_back();
  node_.attributes.back().name = name;
  node_.attributes.back().kind = kind;
  return node_.attributes.back();
}

OneNode& OneNode::with(std::string_view name, std::int64_t value) {
  add(name, model::AttributeKind::kInt).i = value;
  return *this;
}

OneNode& OneNode::with(std::string_view name, float value) {
  add(name, model::AttributeKind::kFloat).f = value;
  return *this;
}

OneNode& OneNode::with(std::string_view name, std::string_view value) {
  add(name, model::AttributeKind::kString).s = value;
  return *this;
}

OneNode& OneNode::with(std::string_view name, std::vector<std::int64_t> value) {
  add(name, model::AttributeKind::kInts).ints = std::move(value);
  return *this;
}

model::Result<std::vector<Tensor>> OneNode::run(const std::vector<std::optional<Tensor>>& inputs,
                                                std::size_t outputs) const {
  ExecuteOptions options;
  options.memory_limit_bytes = kMemoryLimit;
  return run(inputs, outputs, options);
}

model::Result<std::vector<Tensor>> OneNode::run(const std::vector<std::optional<Tensor>>& inputs,
                                                std::size_t outputs, const ExecuteOptions& options) const {
  model::Model model;
  model.file = "one-node";
  model.opset_imports[node_.domain] = opset_;
  model.graph = std::make_unique<model::Graph>();
  model::Graph& graph = *model.graph;
  graph.path = "main";
  graph.nodes.emplace_back();
  model::Node& node = graph.nodes.back();
  node.name = node_.name;
  node.op_type = node_.op_type;
  node.domain = node_.domain;
  for (const model::Attribute& attribute : node_.attributes) node.attributes.push_back(copy_of(attribute));
  NamedTensors given;
  for (const auto& input : inputs) {
    node.inputs.push_back(input ? add_value(graph, model::ValueKind::kInput) : model::kNoValue);
    if (!input) continue;
    const std::string_view name = graph.values.back().name;
    graph.inputs.push_back({node.inputs.back(), name, {}});
    given.emplace(name, *input);
  }
  for (std::size_t i = 0; i < outputs; ++i) {
    node.outputs.push_back(add_value(graph, model::ValueKind::kNodeOutput));
    graph.outputs.push_back({node.outputs.back(), graph.values.back().name, {}});
  }
  graph.order = {0};
  auto results = execute(model, given, options);
  if (!results) return model::Error(results.error());
  std::vector<Tensor> ordered;
  for (const model::ValueInfo& output : graph.outputs)
    ordered.push_back(results->at(std::string(output.name)));
  return ordered;
}

}  // namespace padproof::verifier::testing
