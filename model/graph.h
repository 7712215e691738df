// SPDX-License-Identifier: Apache-2.0
// The format-neutral graph: nodes, values, attributes, subgraphs, functions, each with its origin in the
// file.
//
// Names and bytes are views into the model's Rope, which the Model keeps alive. Values are numbered per
// graph; a name that a subgraph takes from an enclosing graph is a value of kind kOuter in the subgraph.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/bytes.h"
#include "model/data_type.h"
#include "model/extent.h"
#include "model/result.h"
#include "model/rope.h"
#include "model/tensor_ref.h"

namespace padproof::model {

struct Graph;
struct Function;

using ValueId = std::uint32_t;
/// An omitted optional input or output (an empty name in the file).
inline constexpr ValueId kNoValue = UINT32_MAX;

enum class AttributeKind {
  kUndefined,
  kFloat,
  kInt,
  kString,
  kTensor,
  kGraph,
  kSparseTensor,
  kType,
  kFloats,
  kInts,
  kStrings,
  kTensors,
  kGraphs,
  kSparseTensors,
  kTypes,
};

/// ONNX AttributeProto. Only the members that `kind` names are set. Inside a function body `reference` may
/// name an attribute of the function whose value stands here instead.
struct Attribute {
  std::string_view name;
  std::string_view reference;
  AttributeKind kind = AttributeKind::kUndefined;
  std::int64_t i = 0;
  float f = 0;
  Bytes s;
  std::vector<std::int64_t> ints;
  std::vector<float> floats;
  std::vector<Bytes> strings;
  std::vector<TensorRef> tensors;  // one for kTensor
  std::vector<SparseTensorRef> sparse_tensors;
  std::vector<std::unique_ptr<Graph>> graphs;  // one for kGraph
  Bytes message;
  ByteSpan origin;  // of the whole field, tag and length included, within the file
};

struct Node {
  std::string_view name;
  std::string_view op_type;
  std::string_view domain;  // "" for the standard operators, also where the file says "ai.onnx"
  std::string_view overload;
  std::vector<ValueId> inputs;  // trailing omitted inputs are kept as kNoValue
  std::vector<ValueId> outputs;
  std::vector<ValueId> captures;  // what its subgraphs take from this graph, each once
  std::vector<Attribute> attributes;
  std::uint32_t index = 0;  // position in Graph::nodes
  ByteSpan origin;          // of the whole field, tag and length included
  ByteSpan body;            // of the message alone
};

/// Declared type of a value. Anything but a dense tensor (sequence, map, optional, sparse) has is_tensor
/// false.
struct ValueType {
  bool is_tensor = false;
  DataType dtype = DataType::kUndefined;
  std::optional<Shape> shape;  // nothing: not even the rank is declared
  Bytes message;
};

struct ValueInfo {
  ValueId value = kNoValue;
  std::string_view name;
  ValueType type;
};

enum class ValueKind { kInput, kInitializer, kNodeOutput, kOuter };

struct Value {
  std::string_view name;
  ValueKind kind = ValueKind::kOuter;
  std::uint32_t producer = 0;      // node index when kNodeOutput, index in inputs when kInput
  std::uint32_t output_index = 0;  // which output of the producer
  /// For kInput: the default that a caller may override. For kInitializer: the constant.
  const TensorRef* initializer = nullptr;
  const SparseTensorRef* sparse_initializer = nullptr;
  ValueId outer = kNoValue;  // for kOuter: the value in Graph::parent
};

struct Graph {
  std::string_view name;
  const Graph* parent = nullptr;  // the graph whose node holds this one; null for main graphs and functions
  std::string path;               // `main`, `main/NODE.then_branch`, `function DOMAIN:NAME`
  std::vector<Node> nodes;        // in file order
  std::vector<std::uint32_t> order;  // node indices, producers before consumers
  std::vector<Value> values;
  std::vector<ValueInfo> inputs;  // IR < 4: without those that are initializers
  std::vector<ValueInfo> outputs;
  std::vector<ValueInfo> value_info;
  std::vector<TensorRef> initializers;
  std::vector<SparseTensorRef> sparse_initializers;
  std::unordered_map<std::string_view, ValueId> value_by_name;
};

/// A model-local function. Its body's inputs and outputs are the function's, untyped.
struct Function {
  std::string_view name;
  std::string_view domain;
  std::string_view overload;
  std::vector<std::string_view> attribute_names;  // without a default
  std::vector<Attribute> attribute_defaults;
  std::map<std::string_view, std::int64_t> opset_imports;
  std::unique_ptr<Graph> body;
};

struct Model {
  std::string file;  // as the user named it
  std::shared_ptr<const Rope> source;
  std::shared_ptr<const SideFiles> side_files;  // null: no tensor is external
  std::int64_t ir_version = 0;
  std::string_view producer_name;
  std::string_view producer_version;
  std::map<std::string_view, std::int64_t> opset_imports;  // "ai.onnx" is filed under ""
  std::unique_ptr<Graph> graph;
  std::vector<Function> functions;
  std::unordered_map<std::string, std::size_t> function_index;  // by function_key(), filled by the reader
  bool has_training_info = false;
};

/// What identifies a function, and the node that calls it.
std::string function_key(std::string_view domain, std::string_view name, std::string_view overload);

/// The function that `node` calls, or null.
const Function* find_function(const Model& model, const Node& node);

/// An error (`changed`) if a file of the model is no longer what it was when it was opened. To be asked
/// before anything is concluded from what was read.
Result<void> check_unchanged(const Model& model);

/// The node's name or, if it has none, that of its first output; printable, cut at 400 bytes.
std::string display_name(const Graph& graph, const Node& node);

}  // namespace padproof::model
