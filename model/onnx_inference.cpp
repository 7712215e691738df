// SPDX-License-Identifier: Apache-2.0
// Asks the library about a model of one node: inputs typed as far as they are known, small contents as
// initializers.
#include "model/onnx_inference.h"

#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <exception>
#include <map>
#include <string>

namespace padproof::model {
namespace {

constexpr std::size_t kMaxMessageBytes = 1 << 20;
constexpr std::int64_t kIrVersion = 8;

/// Symbols by the name under which the library sees them.
using Symbols = std::map<std::string, Extent>;

bool is_known_operator(const Node& node, std::int64_t opset) {
  const auto& ranges = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  const auto range = ranges.find(std::string(node.domain));
  if (range == ranges.end() || opset < 1 || opset > range->second.second) return false;
  return onnx::OpSchemaRegistry::Schema(std::string(node.op_type), static_cast<int>(opset),
                                        std::string(node.domain)) != nullptr;
}

/// ONNX up to 1.12 reads the second axis of STFT's signal whether there is one or not.
bool is_safe_to_ask_about(const Node& node, std::span<const ValueFacts* const> inputs) {
  constexpr std::size_t kAxesOfSignal = 2;
  if (!node.domain.empty() || node.op_type != "STFT") return true;
  return !inputs.empty() && inputs[0] != nullptr && inputs[0]->shape &&
         inputs[0]->shape->size() >= kAxesOfSignal;
}

bool is_self_contained(const Node& node) {
  return std::all_of(node.attributes.begin(), node.attributes.end(), [](const Attribute& attribute) {
    return attribute.reference.empty() && attribute.graphs.empty();
  });
}

/// The library makes an axis for each element of a list that may hold a shape, however long the list claims
/// to be.
bool has_sane_lists(std::span<const ValueFacts* const> inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [](const ValueFacts* facts) {
    if (facts == nullptr || !facts->shape || facts->shape->size() != 1) return true;
    const auto length = facts->shape->front().constant();
    return !length || *length <= kMaxContents || facts->dtype != DataType::kInt64;
  });
}

void write_type(const ValueFacts& facts, onnx::TypeProto& type, Symbols& symbols) {
  if (facts.dtype == DataType::kUndefined) return;
  type.mutable_tensor_type()->set_elem_type(static_cast<std::int32_t>(facts.dtype));
  if (!facts.shape) return;
  auto* shape = type.mutable_tensor_type()->mutable_shape();
  for (const Extent& extent : *facts.shape) {
    auto* dim = shape->add_dim();
    if (extent.is_constant()) {
      dim->set_dim_value(extent.value());
    } else if (extent.is_known()) {
      dim->set_dim_param(extent.to_string());
      symbols.emplace(extent.to_string(), extent);
    }
  }
}

void write_contents(const ValueFacts& facts, const std::string& name, onnx::GraphProto& graph) {
  if (!facts.contents || !facts.shape || facts.dtype != DataType::kInt64) return;
  const bool constant = std::all_of(facts.contents->begin(), facts.contents->end(),
                                    [](const Extent& element) { return element.is_constant(); });
  if (!constant) return;
  onnx::TensorProto* tensor = graph.add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(onnx::TensorProto::INT64);
  for (const Extent& extent : *facts.shape) tensor->add_dims(extent.value());
  for (const Extent& element : *facts.contents) tensor->add_int64_data(element.value());
}

/// False if the message is not the node's.
bool write_model(const Node& node, std::int64_t opset, Bytes message,
                 std::span<const ValueFacts* const> inputs, onnx::ModelProto& model, Symbols& symbols) {
  onnx::GraphProto& graph = *model.mutable_graph();
  onnx::NodeProto& copy = *graph.add_node();
  if (!copy.ParseFromArray(message.data(), static_cast<int>(message.size()))) return false;
  if (static_cast<std::size_t>(copy.input_size()) != inputs.size()) return false;
  model.set_ir_version(kIrVersion);
  auto* import = model.add_opset_import();
  import->set_domain(std::string(node.domain));
  import->set_version(opset);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    // Names of one's own: the same value may be passed twice.
    const std::string name = inputs[i] == nullptr ? std::string() : "input" + std::to_string(i);
    copy.set_input(static_cast<int>(i), name);
    if (inputs[i] == nullptr) continue;
    onnx::ValueInfoProto* info = graph.add_input();
    info->set_name(name);
    write_type(*inputs[i], *info->mutable_type(), symbols);
    write_contents(*inputs[i], name, graph);
  }
  for (int i = 0; i < copy.output_size(); ++i) copy.set_output(i, "output" + std::to_string(i));
  return true;
}

ValueFacts read_type(const onnx::TypeProto& type, const Symbols& symbols) {
  ValueFacts facts;
  if (!type.has_tensor_type()) return facts;
  facts.dtype = static_cast<DataType>(type.tensor_type().elem_type());
  if (!type.tensor_type().has_shape()) return facts;
  facts.shape.emplace();
  for (const auto& dim : type.tensor_type().shape().dim()) {
    const auto symbol = symbols.find(dim.dim_param());
    const bool is_sized = dim.has_dim_value() && dim.dim_value() >= 0;
    facts.shape->push_back(is_sized                  ? Extent(dim.dim_value())
                           : symbol != symbols.end() ? symbol->second
                                                     : Extent());
  }
  return facts;
}

}  // namespace

std::optional<std::vector<ValueFacts>> infer_with_onnx_library(
    const Node& node, std::int64_t opset, Bytes node_message, std::span<const ValueFacts* const> inputs) try {
  if (node_message.size() > kMaxMessageBytes || !is_self_contained(node) || !has_sane_lists(inputs))
    return std::nullopt;
  if (!is_known_operator(node, opset) || !is_safe_to_ask_about(node, inputs)) return std::nullopt;
  onnx::ModelProto model;
  Symbols symbols;
  if (!write_model(node, opset, node_message, inputs, model, symbols)) return std::nullopt;
  onnx::shape_inference::InferShapes(model);
  std::vector<ValueFacts> outputs(node.outputs.size());
  for (const onnx::ValueInfoProto& info : model.graph().value_info()) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (info.name() == "output" + std::to_string(i)) outputs[i] = read_type(info.type(), symbols);
    }
  }
  return outputs;
} catch (const std::exception&) {
  // The library reports what it cannot do, or does not believe, by throwing; here both mean that nothing is
  // known.
  return std::nullopt;
}

}  // namespace padproof::model
