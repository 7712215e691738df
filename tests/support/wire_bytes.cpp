// SPDX-License-Identifier: Apache-2.0
#include "tests/support/wire_bytes.h"

#include <cstring>

#include "model/onnx/fields.h"
#include "model/wire.h"

namespace padproof::test::wire {
namespace {

namespace fields = model::fields;
constexpr std::uint64_t kFloat = 1;   // TensorProto.FLOAT
constexpr std::uint64_t kString = 3;  // AttributeProto.STRING
constexpr std::uint64_t kInts = 7;    // AttributeProto.INTS

std::string name_list(std::uint32_t field, const Names& names) {
  std::string out;
  for (const std::string& name : names) out += bytes(field, name);
  return out;
}

std::string opset(std::string_view domain, std::uint64_t version) {
  return bytes(fields::opset_id_proto::kDomain, domain) + number(fields::opset_id_proto::kVersion, version);
}

}  // namespace

std::string bytes(std::uint32_t number, std::string_view body) {
  std::string out;
  model::write_length_field(out, number, body);
  return out;
}

std::string number(std::uint32_t number, std::uint64_t value) {
  std::string out;
  model::write_varint_field(out, number, value);
  return out;
}

std::string attribute(std::string_view name, std::string_view body) {
  return bytes(fields::node_proto::kAttribute,
               bytes(fields::attribute_proto::kName, name) + std::string(body));
}

std::string ints(std::string_view name, const Numbers& values) {
  std::string body;
  for (const std::int64_t value : values) {
    body += number(fields::attribute_proto::kInts, static_cast<std::uint64_t>(value));
  }
  return attribute(name, body + number(fields::attribute_proto::kType, kInts));
}

std::string text(std::string_view name, std::string_view value) {
  return attribute(
      name, bytes(fields::attribute_proto::kS, value) + number(fields::attribute_proto::kType, kString));
}

std::string node_body(std::string_view op_type, const Names& inputs, const Names& outputs,
                      std::string_view attributes, std::string_view name) {
  std::string body = name_list(fields::node_proto::kInput, inputs);
  body += name_list(fields::node_proto::kOutput, outputs);
  if (!name.empty()) body += bytes(fields::node_proto::kName, name);
  if (!op_type.empty()) body += bytes(fields::node_proto::kOpType, op_type);
  return body + std::string(attributes);
}

std::string node(std::string_view op_type, const Names& inputs, const Names& outputs,
                 std::string_view attributes, std::string_view name) {
  return bytes(fields::graph_proto::kNode, node_body(op_type, inputs, outputs, attributes, name));
}

std::string input(std::string_view name, const Numbers& dims) {
  std::string shape;
  for (const std::int64_t dim : dims) {
    shape += bytes(fields::shape_proto::kDim,
                   number(fields::dimension_proto::kDimValue, static_cast<std::uint64_t>(dim)));
  }
  const std::string tensor =
      number(fields::tensor_type_proto::kElemType, kFloat) + bytes(fields::tensor_type_proto::kShape, shape);
  return bytes(fields::graph_proto::kInput,
               bytes(fields::value_info_proto::kName, name) +
                   bytes(fields::value_info_proto::kType, bytes(fields::type_proto::kTensorType, tensor)));
}

std::string output(std::string_view name) {
  return bytes(fields::graph_proto::kOutput, bytes(fields::value_info_proto::kName, name));
}

std::string initializer(std::string_view name, const Numbers& dims, std::string_view raw_data) {
  std::string body;
  for (const std::int64_t dim : dims)
    body += number(fields::tensor_proto::kDims, static_cast<std::uint64_t>(dim));
  body += number(fields::tensor_proto::kDataType, kFloat);
  body += bytes(fields::tensor_proto::kName, name);
  return bytes(fields::graph_proto::kInitializer, body + bytes(fields::tensor_proto::kRawData, raw_data));
}

std::string model(std::string_view graph_body, std::string_view more) {
  return number(fields::model_proto::kIrVersion, 8) + bytes(fields::model_proto::kGraph, graph_body) +
         bytes(fields::model_proto::kOpsetImport, opset("", 17)) + std::string(more);
}

std::string function(std::string_view name, const Names& inputs, const Names& outputs,
                     const std::vector<std::string>& nodes) {
  std::string body =
      bytes(fields::function_proto::kName, name) + bytes(fields::function_proto::kDomain, "local");
  body +=
      name_list(fields::function_proto::kInput, inputs) + name_list(fields::function_proto::kOutput, outputs);
  body += bytes(fields::function_proto::kOpsetImport, opset("", 17));
  body += bytes(fields::function_proto::kOpsetImport, opset("local", 1));
  for (const std::string& one : nodes) body += bytes(fields::function_proto::kNode, one);
  return bytes(fields::model_proto::kFunctions, body);
}

std::string local_import() { return bytes(fields::model_proto::kOpsetImport, opset("local", 1)); }

std::string image_model(std::string_view nodes, std::string_view more) {
  const float one = 1;
  std::string weights;
  for (int i = 0; i < 9; ++i) weights.append(reinterpret_cast<const char*>(&one), sizeof one);
  return model(
      input("x", {1, 1, 8, 8}) + initializer("w", {1, 1, 3, 3}, weights) + output("y") + std::string(nodes),
      more);
}

}  // namespace padproof::test::wire
