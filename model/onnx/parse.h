// SPDX-License-Identifier: Apache-2.0
// The ONNX reader's parts, one per message family. Internal to model/onnx.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/graph.h"
#include "model/locate.h"
#include "model/result.h"
#include "model/wire.h"

namespace padproof::model::onnx_reader {

/// Subgraphs deeper than this are refused: no exporter comes near, and every level costs stack.
inline constexpr int kMaxGraphDepth = 50;

/// No operator comes near. Attributes are found by going through them, so their number is a factor of the
/// time spent.
inline constexpr std::size_t kMaxAttributes = 1024;

/// Calls `visit(field)` for each field of the message in `span`; stops at the first error.
template <class Visit>
Result<void> for_each_field(const Rope& source, ByteSpan span, Visit visit) {
  WireReader reader(source, span);
  Field field;
  for (;;) {
    const auto more = reader.next(field);
    if (!more) return Error(more.error());
    if (!*more) return {};
    if (Result<void> visited = visit(field); !visited) return visited;
  }
}

/// The bytes of a length-delimited field; an error if `field` is of another wire type.
Result<Bytes> read_bytes(const Rope& source, const Field& field);
Result<void> read_bytes_into(const Rope& source, const Field& field, std::string_view& target);
Result<std::int64_t> read_int(const Field& field);
/// Of a field of 32 bits: what does not fit, readers cut in their own ways.
Result<std::int32_t> read_int32(const Field& field);
/// Appends one varint or a packed run of them.
Result<void> read_ints(const Rope& source, const Field& field, std::vector<std::int64_t>& target);
Result<void> read_floats(const Rope& source, const Field& field, std::vector<float>& target);
Result<void> expect_message(const Field& field);

/// "ai.onnx" and "" are the same domain.
std::string_view canonical_domain(std::string_view domain);

Result<TensorRef> parse_tensor(const Rope& source, ByteSpan span);
Result<SparseTensorRef> parse_sparse_tensor(const Rope& source, ByteSpan span);
Result<ValueType> parse_type(const Rope& source, ByteSpan span);
/// More than kMaxAttributes.
Error too_many_attributes();
Result<Attribute> parse_attribute(const Rope& source, const Field& field, const Graph& holder, int depth);
/// Adds the node and the names it mentions to `graph`.
Result<void> parse_node(const Rope& source, const Field& field, Graph& graph, int depth);
Result<void> parse_graph(const Rope& source, ByteSpan span, Graph& graph, int depth);
Result<Function> parse_function(const Rope& source, ByteSpan span);
Result<void> parse_opset_import(const Rope& source, const Field& field,
                                std::map<std::string_view, std::int64_t>& imports);

/// The value of that name, new (kind kOuter, unresolved) if it was not mentioned before; kNoValue for "".
ValueId intern(Graph& graph, std::string_view name);
/// Records what produces `name`; an error if something already does.
Result<ValueId> define(Graph& graph, std::string_view name, ValueKind kind, std::uint32_t producer,
                       std::uint32_t output_index);

/// Ties names to producers through nested graphs, fills Node::captures and Graph::order.
/// Errors: undefined values, cycles.
Result<void> resolve(Graph& graph);

/// Fills Model::function_index. An error if functions call each other in a circle, or two share one name.
Result<void> index_functions(Model& model);

/// An error if an attribute of a sliding-window operator is not of its schema's kind.
Result<void> check_window_attributes(const Graph& graph, const Node& node);

}  // namespace padproof::model::onnx_reader
