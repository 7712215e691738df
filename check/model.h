// SPDX-License-Identifier: Apache-2.0
// As much of an ONNX file as a check needs. All views point into the file's bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace padproof::check {

using Shape = std::vector<std::int64_t>;
inline constexpr std::int64_t kOpen = -1;  // an extent that may be of every size
inline constexpr std::int64_t kLost = -2;  // one that follows from what is not known here

struct Tensor {
  std::string_view name;
  std::int64_t data_type = 0;
  Shape dims;
  bool is_raw = false;
  std::string_view raw;
  std::vector<std::pair<std::uint32_t, std::string_view>> typed;  // fields of elements, by number
  std::vector<std::int64_t> int64s;                               // the elements in field 7
  bool is_external = false;
  std::string_view location;
  std::vector<std::string_view> external;  // all that is said of the place
};

/// By AttributeProto.type; other kinds are compared by their bytes alone.
enum class Kind { kInt = 2, kString = 3, kInts = 7 };

struct Graph;

struct Attribute {
  std::string_view message;
  std::string_view name;
  std::string_view reference;  // to an attribute of the function around
  Kind kind{};
  std::int64_t i = 0;
  std::string_view s;
  std::vector<std::int64_t> ints;
  std::optional<Tensor> tensor;
  std::shared_ptr<const Graph> graph;
};

struct Node {
  std::string_view name;
  std::string_view op;
  std::string_view domain;  // "" for ai.onnx
  std::string_view overload;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::vector<Attribute> attributes;

  [[nodiscard]] const Attribute* find(std::string_view attribute) const;
};

struct ValueInfo {
  std::string_view name;
  std::string_view type;       // the message
  std::optional<Shape> shape;  // of a tensor that declares one
};

struct Graph {
  std::size_t bytes = 0;  // of the message
  std::vector<Node> nodes;
  std::vector<Tensor> initializers;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
};

using OperatorSets = std::unordered_map<std::string_view, std::int64_t>;  // versions by domain

struct Function {
  Graph body;  // inputs and outputs without types
  OperatorSets operator_sets;
  std::vector<std::string_view> attributes;  // names
  std::vector<std::string_view> defaults;    // messages of attributes
};

struct Model {
  std::int64_t ir_version = 0;
  OperatorSets operator_sets;
  Graph graph;
  std::unordered_map<std::string, Function> functions;  // by function_key()
  bool has_training_info = false;
  std::vector<std::string_view> locations;  // of external data
};

std::string function_key(std::string_view domain, std::string_view name, std::string_view overload);
/// Keeps views into `bytes`.
Model read_model(std::string_view bytes);

}  // namespace padproof::check
