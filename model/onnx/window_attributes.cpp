// SPDX-License-Identifier: Apache-2.0
// A `strides` that is a float would be passed over as if it were absent: everything downstream relies on this
// check.
#include <algorithm>

#include "model/onnx/parse.h"
#include "model/window_operators.h"

namespace padproof::model::onnx_reader {
namespace {

struct AttributeSchema {
  std::string_view name;
  AttributeKind kind;
};

constexpr AttributeSchema kSchemas[] = {
    {"auto_pad", AttributeKind::kString},   {"pads", AttributeKind::kInts},
    {"kernel_shape", AttributeKind::kInts}, {"strides", AttributeKind::kInts},
    {"dilations", AttributeKind::kInts},    {"output_padding", AttributeKind::kInts},
    {"output_shape", AttributeKind::kInts}, {"group", AttributeKind::kInt},
    {"ceil_mode", AttributeKind::kInt},     {"count_include_pad", AttributeKind::kInt},
    {"storage_order", AttributeKind::kInt},
};

}  // namespace

Result<void> check_window_attributes(const Graph& graph, const Node& node) {
  if (find_window_operator(node.domain, node.op_type) == nullptr) return {};
  for (const Attribute& attribute : node.attributes) {
    if (!attribute.reference.empty()) continue;
    const auto* schema = std::find_if(std::begin(kSchemas), std::end(kSchemas),
                                      [&](const AttributeSchema& row) { return row.name == attribute.name; });
    if (schema == std::end(kSchemas) || schema->kind == attribute.kind) continue;
    Diagnostic diagnostic = malformed("attribute-type", "the attribute is not of its schema's type").value();
    diagnostic.where.attribute = std::string(attribute.name);
    return at_node(std::move(diagnostic), graph, node);
  }
  return {};
}

}  // namespace padproof::model::onnx_reader
