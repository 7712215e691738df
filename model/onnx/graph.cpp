// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/onnx/fields.h"
#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

namespace graph_fields = fields::graph_proto;

Result<void> add_value_info(const Rope& source, const Field& field, std::vector<ValueInfo>& infos) {
  if (auto checked = expect_message(field); !checked) return checked;
  ValueInfo info;
  auto read = for_each_field(source, field.body, [&](const Field& inner) -> Result<void> {
    if (inner.number == fields::value_info_proto::kName) return read_bytes_into(source, inner, info.name);
    if (inner.number != fields::value_info_proto::kType) return {};
    if (auto checked = expect_message(inner); !checked) return checked;
    auto type = parse_type(source, inner.body);
    if (!type) return Error(type.error());
    info.type = std::move(*type);
    return {};
  });
  if (!read) return read;
  infos.push_back(std::move(info));
  return {};
}

struct GraphParser {
  const Rope& source;
  Graph& graph;
  int depth;

  Result<void> operator()(const Field& field) {
    switch (field.number) {
      case graph_fields::kNode:
        return parse_node(source, field, graph, depth);
      case graph_fields::kName:
        return read_bytes_into(source, field, graph.name);
      case graph_fields::kInput:
        return add_value_info(source, field, graph.inputs);
      case graph_fields::kOutput:
        return add_value_info(source, field, graph.outputs);
      case graph_fields::kValueInfo:
        return add_value_info(source, field, graph.value_info);
      case graph_fields::kInitializer: {
        if (auto checked = expect_message(field); !checked) return checked;
        auto tensor = parse_tensor(source, field.body);
        if (!tensor) return Error(tensor.error());
        graph.initializers.push_back(std::move(*tensor));
        return {};
      }
      case graph_fields::kSparseInitializer: {
        if (auto checked = expect_message(field); !checked) return checked;
        auto sparse = parse_sparse_tensor(source, field.body);
        if (!sparse) return Error(sparse.error());
        graph.sparse_initializers.push_back(std::move(*sparse));
        return {};
      }
      default:
        return {};
    }
  }
};

// An initializer of the same name as an input is that input's default; any other is a constant of its own.
Result<Value*> initializer_value(Graph& graph, std::string_view name, std::uint32_t index) {
  const ValueId id = intern(graph, name);
  if (id == kNoValue) return malformed("no-name", "an initializer has no name");
  Value& value = graph.values[id];
  if (value.initializer != nullptr || value.sparse_initializer != nullptr) {
    return malformed("duplicate-value", "two initializers have one name", std::string(name));
  }
  if (value.kind == ValueKind::kInput) return &value;
  if (auto defined = define(graph, name, ValueKind::kInitializer, index, 0); !defined)
    return Error(defined.error());
  return &graph.values[id];
}

Result<void> define_inputs_and_initializers(Graph& graph) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const auto id = define(graph, graph.inputs[i].name, ValueKind::kInput, static_cast<std::uint32_t>(i), 0);
    if (!id) return Error(id.error());
    if (*id == kNoValue) return malformed("no-name", "a graph input has no name");
    graph.inputs[i].value = *id;
  }
  for (std::size_t i = 0; i < graph.initializers.size(); ++i) {
    const auto value = initializer_value(graph, graph.initializers[i].name, static_cast<std::uint32_t>(i));
    if (!value) return Error(value.error());
    (*value)->initializer = &graph.initializers[i];
  }
  for (std::size_t i = 0; i < graph.sparse_initializers.size(); ++i) {
    const SparseTensorRef& sparse = graph.sparse_initializers[i];
    const auto value = initializer_value(graph, sparse.values.name, static_cast<std::uint32_t>(i));
    if (!value) return Error(value.error());
    (*value)->sparse_initializer = &sparse;
  }
  return {};
}

}  // namespace

ValueId intern(Graph& graph, std::string_view name) {
  if (name.empty()) return kNoValue;
  const auto [at, added] = graph.value_by_name.emplace(name, static_cast<ValueId>(graph.values.size()));
  if (added) {
    Value value;
    value.name = name;
    graph.values.push_back(value);
  }
  return at->second;
}

Result<ValueId> define(Graph& graph, std::string_view name, ValueKind kind, std::uint32_t producer,
                       std::uint32_t output_index) {
  const ValueId id = intern(graph, name);
  if (id == kNoValue) return id;
  Value& value = graph.values[id];
  if (value.kind != ValueKind::kOuter) {
    return malformed("duplicate-value", "a value is defined twice", std::string(name));
  }
  value.kind = kind;
  value.producer = producer;
  value.output_index = output_index;
  return id;
}

Result<void> parse_graph(const Rope& source, ByteSpan span, Graph& graph, int depth) {
  if (depth > kMaxGraphDepth) {
    return malformed("too-deep", "graphs nest too deeply", std::to_string(depth),
                     std::to_string(kMaxGraphDepth));
  }
  GraphParser parser{source, graph, depth};
  if (auto read = for_each_field(source, span, [&](const Field& field) { return parser(field); }); !read)
    return read;
  if (auto defined = define_inputs_and_initializers(graph); !defined) return defined;
  for (ValueInfo& output : graph.outputs) {
    output.value = intern(graph, output.name);
    if (output.value == kNoValue) return malformed("no-name", "a graph output has no name");
  }
  // Shapes are often recorded for values that a later pass removed: harmless, and left without an id.
  for (ValueInfo& info : graph.value_info) {
    const auto found = graph.value_by_name.find(info.name);
    info.value = found == graph.value_by_name.end() ? kNoValue : found->second;
  }
  return {};
}

}  // namespace padproof::model::onnx_reader
