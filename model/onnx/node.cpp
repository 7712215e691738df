// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>

#include "model/onnx/fields.h"
#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

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
