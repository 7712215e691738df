// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bit>
#include <limits>

#include "model/onnx/fields.h"
#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

namespace attribute_fields = fields::attribute_proto;

Result<void> add_tensor(const Rope& source, const Field& field, Attribute& attribute) {
  if (auto checked = expect_message(field); !checked) return checked;
  auto tensor = parse_tensor(source, field.body);
  if (!tensor) return Error(tensor.error());
  attribute.tensors.push_back(std::move(*tensor));
  return {};
}

Result<void> add_sparse_tensor(const Rope& source, const Field& field, Attribute& attribute) {
  if (auto checked = expect_message(field); !checked) return checked;
  auto tensor = parse_sparse_tensor(source, field.body);
  if (!tensor) return Error(tensor.error());
  attribute.sparse_tensors.push_back(std::move(*tensor));
  return {};
}

Result<void> add_graph(const Rope& source, const Field& field, const Graph& holder, int depth,
                       Attribute& attribute) {
  if (auto checked = expect_message(field); !checked) return checked;
  auto graph = std::make_unique<Graph>();
  graph->parent = &holder;
  if (auto parsed = parse_graph(source, field.body, *graph, depth + 1); !parsed) return parsed;
  attribute.graphs.push_back(std::move(graph));
  return {};
}

Result<void> add_string(const Rope& source, const Field& field, Attribute& attribute) {
  const auto bytes = read_bytes(source, field);
  if (!bytes) return Error(bytes.error());
  attribute.strings.push_back(*bytes);
  return {};
}

// AttributeProto.type, field 20. Absent in IR version 1: then the one field that is set tells.
AttributeKind kind_of_type(std::int64_t type) {
  constexpr AttributeKind kKinds[] = {
      AttributeKind::kUndefined,     AttributeKind::kFloat,  AttributeKind::kInt,
      AttributeKind::kString,        AttributeKind::kTensor, AttributeKind::kGraph,
      AttributeKind::kFloats,        AttributeKind::kInts,   AttributeKind::kStrings,
      AttributeKind::kTensors,       AttributeKind::kGraphs, AttributeKind::kSparseTensor,
      AttributeKind::kSparseTensors, AttributeKind::kType,   AttributeKind::kTypes};
  return type >= 0 && type < std::ssize(kKinds) ? kKinds[type] : AttributeKind::kUndefined;
}

AttributeKind kind_of_field(std::uint32_t number) {
  switch (number) {
    case attribute_fields::kF:
      return AttributeKind::kFloat;
    case attribute_fields::kI:
      return AttributeKind::kInt;
    case attribute_fields::kS:
      return AttributeKind::kString;
    case attribute_fields::kT:
      return AttributeKind::kTensor;
    case attribute_fields::kG:
      return AttributeKind::kGraph;
    case attribute_fields::kFloats:
      return AttributeKind::kFloats;
    case attribute_fields::kInts:
      return AttributeKind::kInts;
    case attribute_fields::kStrings:
      return AttributeKind::kStrings;
    case attribute_fields::kTensors:
      return AttributeKind::kTensors;
    case attribute_fields::kGraphs:
      return AttributeKind::kGraphs;
    case attribute_fields::kTp:
      return AttributeKind::kType;
    case attribute_fields::kTypeProtos:
      return AttributeKind::kTypes;
    case attribute_fields::kSparseTensor:
      return AttributeKind::kSparseTensor;
    case attribute_fields::kSparseTensors:
      return AttributeKind::kSparseTensors;
    default:
      return AttributeKind::kUndefined;
  }
}

struct AttributeParser {
  const Rope& source;
  const Graph& holder;
  int depth;
  Attribute& attribute;
  bool has_type = false;
  std::int32_t declared_number = 0;
  AttributeKind declared = AttributeKind::kUndefined;
  AttributeKind seen = AttributeKind::kUndefined;
  bool is_mixed = false;  // fields of several kinds

  Result<void> operator()(const Field& field) {
    if (const AttributeKind kind = kind_of_field(field.number); kind != AttributeKind::kUndefined) {
      is_mixed = is_mixed || (seen != AttributeKind::kUndefined && seen != kind);
      seen = kind;
    }
    switch (field.number) {
      case attribute_fields::kName:
        return read_bytes_into(source, field, attribute.name);
      case attribute_fields::kRefAttrName:
        return read_bytes_into(source, field, attribute.reference);
      case attribute_fields::kS:
        return read_bytes_into(source, field, attribute.s);
      case attribute_fields::kInts:
        return read_ints(source, field, attribute.ints);
      case attribute_fields::kFloats:
        return read_floats(source, field, attribute.floats);
      case attribute_fields::kStrings:
        return add_string(source, field, attribute);
      case attribute_fields::kT:
      case attribute_fields::kTensors:
        return add_tensor(source, field, attribute);
      case attribute_fields::kG:
      case attribute_fields::kGraphs:
        return add_graph(source, field, holder, depth, attribute);
      case attribute_fields::kSparseTensor:
      case attribute_fields::kSparseTensors:
        return add_sparse_tensor(source, field, attribute);
      default:
        return scalar(field);
    }
  }

  Result<void> scalar(const Field& field) {
    if (field.number == attribute_fields::kF) {
      if (field.type != WireType::kFixed32)
        return malformed("wire-type", "a float attribute is not a fixed32");
      attribute.f = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
    } else if (field.number == attribute_fields::kI) {
      const auto value = read_int(field);
      if (!value) return Error(value.error());
      attribute.i = *value;
    } else if (field.number == attribute_fields::kType) {
      return type(field);
    }
    return {};
  }

  // Of two that differ Protobuf takes the last that it knows, which may be another one than ours.
  Result<void> type(const Field& field) {
    const auto value = read_int32(field);
    if (!value) return Error(value.error());
    if (has_type && declared_number != *value)
      return malformed("given-twice", "an attribute has two types", std::to_string(*value),
                       std::to_string(declared_number));
    has_type = true;
    declared_number = *value;
    declared = kind_of_type(*value);
    return {};
  }
};

struct NodeParser {
  const Rope& source;
  Graph& graph;
  int depth;
  Node& node;
  std::vector<std::string_view> output_names;

  Result<void> operator()(const Field& field) {
    switch (field.number) {
      case fields::node_proto::kInput: {
        const auto name = read_bytes(source, field);
        if (!name) return Error(name.error());
        node.inputs.push_back(intern(graph, *name));
        return {};
      }
      case fields::node_proto::kOutput: {
        const auto name = read_bytes(source, field);
        if (!name) return Error(name.error());
        output_names.push_back(*name);
        return {};
      }
      case fields::node_proto::kName:
        return read_bytes_into(source, field, node.name);
      case fields::node_proto::kOpType:
        return read_bytes_into(source, field, node.op_type);
      case fields::node_proto::kDomain:
        return read_bytes_into(source, field, node.domain);
      case fields::node_proto::kOverload:
        return read_bytes_into(source, field, node.overload);
      case fields::node_proto::kAttribute: {
        if (node.attributes.size() == kMaxAttributes) return too_many_attributes();
        auto attribute = parse_attribute(source, field, graph, depth);
        if (!attribute) return Error(attribute.error());
        node.attributes.push_back(std::move(*attribute));
        return {};
      }
      default:
        return {};
    }
  }
};

Result<void> check_attribute_names(const Node& node) {
  for (std::size_t i = 0; i < node.attributes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (node.attributes[i].name != node.attributes[j].name) continue;
      auto error = malformed("attribute-twice", "the attribute is given twice");
      error.value().where.attribute = std::string(node.attributes[i].name);
      return error;
    }
  }
  return {};
}

}  // namespace

Error too_many_attributes() {
  return unsupported("too-many-attributes", "more attributes than any operator has",
                     fmt::format("over {}", kMaxAttributes), std::to_string(kMaxAttributes));
}

Result<Attribute> parse_attribute(const Rope& source, const Field& field, const Graph& holder, int depth) {
  if (auto checked = expect_message(field); !checked) return Error(checked.error());
  Attribute attribute;
  attribute.origin = field.span;
  attribute.message = source.view(field.body.begin, field.body.end);
  AttributeParser parser{source, holder, depth, attribute};
  if (auto read = for_each_field(source, field.body, [&](const Field& inner) { return parser(inner); });
      !read) {
    return Error(read.error());
  }
  attribute.kind = parser.declared != AttributeKind::kUndefined ? parser.declared : parser.seen;
  const bool one_tensor = attribute.kind != AttributeKind::kTensor || attribute.tensors.size() <= 1;
  const bool one_graph = attribute.kind != AttributeKind::kGraph || attribute.graphs.size() <= 1;
  // With a type the others are passed over.
  const bool one_kind = parser.declared != AttributeKind::kUndefined || !parser.is_mixed;
  if (!one_tensor || !one_graph || !one_kind) {
    return malformed("given-twice", "attribute '" + std::string(attribute.name) + "' holds two values");
  }
  return attribute;
}

Result<void> parse_node(const Rope& source, const Field& field, Graph& graph, int depth) {
  if (auto checked = expect_message(field); !checked) return checked;
  if (graph.nodes.size() >= std::numeric_limits<std::uint32_t>::max() - 1) {
    return malformed("too-many-nodes", "more nodes than can be numbered");
  }
  Node node;
  node.index = static_cast<std::uint32_t>(graph.nodes.size());
  node.origin = field.span;
  node.body = field.body;
  NodeParser parser{source, graph, depth, node, {}};
  if (auto read = for_each_field(source, field.body, [&](const Field& inner) { return parser(inner); });
      !read) {
    return read.error().where.node.empty() ? at_node(read.error(), graph, node) : read;
  }
  node.domain = canonical_domain(node.domain);
  if (node.op_type.empty())
    return at_node(malformed("no-op-type", "a node has no op_type").value(), graph, node);
  if (auto checked = check_attribute_names(node); !checked) return at_node(checked.error(), graph, node);
  if (auto checked = check_window_attributes(graph, node); !checked)
    return at_node(checked.error(), graph, node);
  for (std::size_t i = 0; i < parser.output_names.size(); ++i) {
    const auto value = define(graph, parser.output_names[i], ValueKind::kNodeOutput, node.index,
                              static_cast<std::uint32_t>(i));
    if (!value) return at_node(value.error(), graph, node);
    node.outputs.push_back(*value);
  }
  graph.nodes.push_back(std::move(node));
  return {};
}

}  // namespace padproof::model::onnx_reader
