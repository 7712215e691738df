// SPDX-License-Identifier: Apache-2.0
// Field numbers are those of onnx.proto.
#include "check/model.h"

#include <algorithm>

#include "check/stop.h"
#include "check/wire.h"

namespace padproof::check {
namespace {

constexpr int kDeepestGraph = 64;  // graphs within graphs
constexpr std::size_t kMostAttributes = 1000;

std::string_view standard(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

/// Bytes of the only field of that number; empty if there is none.
std::string_view part_of(std::string_view message, unsigned number) {
  std::string_view part;
  for (const Field& field : fields(message, {number}))
    if (field.number == number) part = field.text();
  return part;
}

Shape read_shape(std::string_view message) {
  Shape shape;
  for (const Field& field : fields(message)) {
    if (field.number != 1) continue;
    shape.push_back(kOpen);
    for (const Field& part : fields(field.text(), {1, 2}))
      if (part.number == 1 || part.number == 2)  // a number or a name; the last one counts
        shape.back() = part.number == 1 ? std::max(kOpen, part.integer()) : kOpen;
  }
  return shape;
}

ValueInfo read_value_info(std::string_view message) {
  ValueInfo info{part_of(message, 1), part_of(message, 2), std::nullopt};
  const std::string_view shape = part_of(part_of(info.type, 1), 2);
  if (shape.data() != nullptr) info.shape = read_shape(shape);
  return info;
}

class ModelReader {
 public:
  /// The places of external data go to `locations`.
  explicit ModelReader(std::vector<std::string_view>& locations) : locations_(locations) {}

  Graph graph(std::string_view message) {
    if (++depth_ > kDeepestGraph) unreadable("graphs are nested too deeply");
    Graph graph;
    graph.bytes = message.size();
    for (const Field& field : fields(message)) {
      if (field.number == 1) graph.nodes.push_back(node(field.text()));
      if (field.number == 5) graph.initializers.push_back(tensor(field.text()));
      if (field.number == 11) graph.inputs.push_back(read_value_info(field.text()));
      if (field.number == 12) graph.outputs.push_back(read_value_info(field.text()));
      if (field.number == 15) undecided("a graph has sparse initializers");
    }
    --depth_;
    return graph;
  }

  Node node(std::string_view message) {
    Node node;
    for (const Field& field : fields(message, {3, 4, 7, 8})) {
      if (field.number == 1) node.inputs.push_back(field.text());
      if (field.number == 2) node.outputs.push_back(field.text());
      if (field.number == 3) node.name = field.text();
      if (field.number == 4) node.op = field.text();
      if (field.number == 5) node.attributes.push_back(attribute(field.text()));
      if (field.number == 7) node.domain = standard(field.text());
      if (field.number == 8) node.overload = field.text();
    }
    while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();
    if (node.attributes.size() > kMostAttributes) unreadable("a node has too many attributes");
    for (const Attribute& each : node.attributes)
      if (node.find(each.name) != &each) unreadable("a node has two attributes of one name");
    return node;
  }

  Attribute attribute(std::string_view message) {
    Attribute attribute;
    attribute.message = message;
    std::uint64_t held = 0;  // numbers of the fields with values
    for (const Field& field : fields(message, {1, 2, 3, 4, 5, 6, 20, 21})) {
      const std::uint32_t number = field.number;
      if (number == 1) attribute.name = field.text();
      if (number == 3) attribute.i = field.integer();
      if (number == 4) attribute.s = field.text();
      if (number == 5) attribute.tensor = tensor(field.text());
      if (number == 6) attribute.graph = std::make_shared<const Graph>(graph(field.text()));
      if (number == 8) field.append_to(attribute.ints);
      if (number == 20) attribute.kind = static_cast<Kind>(field.integer());
      if (number == 21) attribute.reference = field.text();
      if (number > 1 && number < 24 && number != 13 && number != 20 && number != 21) held |= 1ULL << number;
    }
    // Values of type t are in field t + 1; lists of tensors and graphs, and types, are not looked into.
    const auto type = static_cast<unsigned>(attribute.kind);
    if (held != 0 && ((type > 8 && type != 13) || held != 2ULL << type || !attribute.reference.empty()))
      undecided("attribute " + named(attribute.name) + " holds other than its type says, or many tensors");
    return attribute;
  }

 private:
  Tensor tensor(std::string_view message) {
    Tensor tensor;
    for (const Field& field : fields(message, {2, 3, 8, 9, 14})) {
      const std::uint32_t number = field.number;
      if (number == 1) field.append_to(tensor.dims);
      if (number == 2) tensor.data_type = field.integer();
      if (number == 3) unreadable("a tensor is stored in segments");
      if ((number >= 4 && number <= 7) || number == 10 || number == 11)
        tensor.typed.emplace_back(number, field.text());
      if (number == 7) field.append_to(tensor.int64s);
      if (number == 8) tensor.name = field.text();
      if (number == 9) tensor.is_raw = true, tensor.raw = field.text();
      if (number == 13) tensor.external.push_back(field.text());
      if (number == 14) tensor.is_external = field.integer() == 1;
      if (number == 14 && (field.integer() >> 1) != 0) unreadable("a tensor is at a place of no known kind");
    }
    for (const std::string_view entry : tensor.external) {
      if (part_of(entry, 1) != "location") continue;
      if (!tensor.location.empty()) unreadable("a tensor is in two places");
      tensor.location = part_of(entry, 2);
    }
    if (tensor.is_external) locations_.push_back(tensor.location);
    if (std::any_of(tensor.dims.begin(), tensor.dims.end(), [](std::int64_t dim) { return dim < 0; }))
      unreadable("a tensor has a negative extent");
    return tensor;
  }

  std::vector<std::string_view>& locations_;
  int depth_ = 0;
};

void read_operator_set(std::string_view message, OperatorSets& sets) {
  std::int64_t version = 0;
  for (const Field& field : fields(message, {2}))
    if (field.number == 2) version = field.integer();
  if (!sets.emplace(standard(part_of(message, 1)), version).second)
    unreadable("an operator set is imported twice");
}

void read_function(std::string_view message, Model& model) {
  Function function;
  function.body.bytes = message.size();
  ModelReader parts(model.locations);
  for (const Field& field : fields(message)) {
    if (field.number == 4) function.body.inputs.push_back({field.text(), {}, {}});
    if (field.number == 5) function.body.outputs.push_back({field.text(), {}, {}});
    if (field.number == 6) function.attributes.push_back(field.text());
    if (field.number == 11) function.defaults.push_back(parts.attribute(field.text()).message);
    if (field.number == 7) function.body.nodes.push_back(parts.node(field.text()));
    if (field.number == 9) read_operator_set(field.text(), function.operator_sets);
  }
  const auto key = function_key(standard(part_of(message, 10)), part_of(message, 1), part_of(message, 13));
  if (!model.functions.emplace(key, std::move(function)).second) unreadable("a function is defined twice");
}

}  // namespace

const Attribute* Node::find(std::string_view attribute) const {
  const auto at = std::find_if(attributes.begin(), attributes.end(),
                               [&](const Attribute& each) { return each.name == attribute; });
  return at == attributes.end() ? nullptr : &*at;
}

std::string function_key(std::string_view domain, std::string_view name, std::string_view overload) {
  return std::string(domain).append(1, '\0').append(name).append(1, '\0').append(overload);
}

Model read_model(std::string_view bytes) {
  Model model;
  for (const Field& field : fields(bytes, {1, 7})) {
    if (field.number == 1) model.ir_version = field.integer();
    if (field.number == 7) model.graph = ModelReader(model.locations).graph(field.text());
    if (field.number == 8) read_operator_set(field.text(), model.operator_sets);
    if (field.number == 20) model.has_training_info = true;
    if (field.number == 25) read_function(field.text(), model);
  }
  if (model.graph.outputs.empty()) unreadable("the model has no outputs");
  return model;
}

}  // namespace padproof::check
