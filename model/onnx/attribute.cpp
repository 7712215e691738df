// SPDX-License-Identifier: Apache-2.0
#include <bit>

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

}  // namespace

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

}  // namespace padproof::model::onnx_reader
