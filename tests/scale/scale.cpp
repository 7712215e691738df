// SPDX-License-Identifier: Apache-2.0
#include "tests/scale/scale.h"

#include "model/onnx/fields.h"
#include "tests/support/wire_bytes.h"

namespace padproof::test::scale {
namespace {

namespace fields = model::fields;
using wire::image_model;
using wire::node;

std::string v(Count i) { return "v" + std::to_string(i); }

std::string chain_of(std::string_view op_type, Count nodes, std::string_view attributes = {}) {
  std::string out = node("Relu", {"x"}, {v(0)});
  for (Count i = 0; i < nodes; ++i) out += node(op_type, {v(i)}, {v(i + 1)}, attributes);
  return out + node("Relu", {v(nodes)}, {"y"});
}

// A node that holds `count` graphs, each one Relu of `x`.
std::string graph_attribute(std::string_view name, std::string_view body) {
  return wire::attribute(
      name, wire::bytes(fields::attribute_proto::kG, body) + wire::number(fields::attribute_proto::kType, 5));
}

std::string int64_vector(std::string_view name, Count length, char value) {
  std::string elements;
  for (Count i = 0; i < length; ++i) elements += std::string(1, value) + std::string(7, '\0');
  return wire::bytes(fields::graph_proto::kInitializer,
                     wire::number(fields::tensor_proto::kDims, length) +
                         wire::number(fields::tensor_proto::kDataType, 7) +
                         wire::bytes(fields::tensor_proto::kName, name) +
                         wire::bytes(fields::tensor_proto::kRawData, elements));
}

}  // namespace

std::string chain(Count nodes) { return image_model(chain_of("Relu", nodes)); }

// Everybody reads the end of a long chain of nodes that only pass it on.
std::string chain_of_identities(Count nodes) {
  std::string out = chain_of("Identity", nodes);
  for (Count i = 0; i < nodes; ++i)
    out += node("Relu", {v(nodes)}, {"r" + std::to_string(i)}) + wire::output("r" + std::to_string(i));
  return image_model(out);
}

std::string backwards(Count nodes) {
  std::string out = node("Relu", {v(nodes)}, {"y"});
  for (Count i = nodes; i > 0; --i) out += node("Relu", {v(i - 1)}, {v(i)});
  return image_model(out + node("Relu", {"x"}, {v(0)}));
}

std::string windows(Count nodes) {
  return image_model(
      chain_of("MaxPool", nodes, wire::text("auto_pad", "SAME_UPPER") + wire::ints("kernel_shape", {3, 3})));
}

std::string attributes(Count count) {
  std::string all;
  for (Count i = 0; i < count; ++i) all += wire::ints("a" + std::to_string(i), {1});
  return image_model(node("Unknown", {"x"}, {"z"}, all) + node("Relu", {"x"}, {"y"}));
}

std::string shared_input(Count count) { return image_model(node("Sum", wire::Names(count, "x"), {"y"})); }

std::string many_inputs(Count count) {
  wire::Names names;
  std::string declared;
  for (Count i = 0; i < count; ++i) {
    names.push_back("x" + std::to_string(i));
    declared += wire::input(names.back(), {1, 1, 8, 8});
  }
  return wire::model(declared + node("Sum", names, {"y"}) + wire::output("y"));
}

std::string many_outputs(Count count) {
  wire::Names names;
  for (Count i = 0; i < count; ++i) names.push_back(v(i));
  return image_model(node("Unknown", {"x"}, names) + node("Relu", {v(count - 1)}, {"y"}));
}

std::string many_constants(Count count) {
  std::string out;
  for (Count i = 0; i < count; ++i)
    out += wire::initializer("c" + std::to_string(i), {1}, std::string(4, '\0'));
  return image_model(out + node("Relu", {"x"}, {"y"}));
}

std::string recorded_shapes(Count count) {
  const std::string one = wire::input("y", {1, 1, 8, 8});
  std::string out;
  // An input's field is a ValueInfoProto; under number 13 it records a shape. Its tag and length take three
  // bytes.
  for (Count i = 0; i < count; ++i) out += wire::bytes(fields::graph_proto::kValueInfo, one.substr(2));
  return image_model(out + node("Relu", {"x"}, {"y"}));
}

std::string operator_sets(Count count) {
  std::string out;
  for (Count i = 0; i < count; ++i) {
    out += wire::bytes(fields::model_proto::kOpsetImport,
                       wire::bytes(1, "domain" + std::to_string(i)) + wire::number(2, 1));
  }
  return image_model(node("Relu", {"x"}, {"y"}), out);
}

std::string branches(Count count) {
  const std::string body = node("Relu", {"x"}, {"b"}) + wire::output("b");
  const std::string both = graph_attribute("then_branch", body) + graph_attribute("else_branch", body);
  std::string out = wire::input("c", {});
  for (Count i = 0; i < count; ++i) out += node("If", {"c"}, {v(i)}, both) + wire::output(v(i));
  return image_model(out + node("Relu", {"x"}, {"y"}));
}

std::string functions(Count count) {
  std::string nodes;
  std::string defined = wire::local_import();
  for (Count i = 0; i < count; ++i) {
    const std::string name = "f" + std::to_string(i);
    nodes += wire::bytes(fields::graph_proto::kNode,
                         wire::node_body(name, {"x"}, {v(i)}, wire::bytes(7, "local")));
    nodes += wire::output(v(i));
    defined += wire::function(name, {"a"}, {"b"}, {wire::node_body("Relu", {"a"}, {"b"})});
  }
  return image_model(nodes + node("Relu", {"x"}, {"y"}), defined);
}

std::string calls(Count count) {
  std::string nodes;
  for (Count i = 0; i < count; ++i) {
    nodes +=
        wire::bytes(fields::graph_proto::kNode, wire::node_body("f", {"x"}, {v(i)}, wire::bytes(7, "local")));
    nodes += wire::output(v(i));
  }
  const std::string defined = wire::function("f", {"a"}, {"b"}, {wire::node_body("Relu", {"a"}, {"b"})});
  return image_model(nodes + node("Relu", {"x"}, {"y"}), wire::local_import() + defined);
}

namespace {

// f0 calls f1, which calls f2, and so on, each as often as `times` says.
std::string cascade(Count depth, Count times) {
  const std::string local = wire::bytes(fields::node_proto::kDomain, "local");
  std::string defined = wire::local_import();
  for (Count i = 0; i < depth; ++i) {
    const std::string called = "f" + std::to_string(i + 1);
    std::vector<std::string> body;
    for (Count j = 0; j < times; ++j)
      body.push_back(wire::node_body(called, {"a"}, {j == 0 ? "b" : "c" + std::to_string(j)}, local));
    defined += wire::function("f" + std::to_string(i), {"a"}, {"b"}, body);
  }
  defined +=
      wire::function("f" + std::to_string(depth), {"a"}, {"b"}, {wire::node_body("Relu", {"a"}, {"b"})});
  return image_model(wire::bytes(fields::graph_proto::kNode, wire::node_body("f0", {"x"}, {"y"}, local)),
                     defined);
}

}  // namespace

std::string chain_of_functions(Count depth) { return cascade(depth, 1); }

std::string doubling_functions(Count depth) { return cascade(depth, 2); }

// A function of one node with many outputs: each call needs room for all of them.
std::string wide_function(Count values, Count called) {
  wire::Names names{"b"};
  for (Count i = 0; i < values; ++i) names.push_back(v(i));
  const std::string local = wire::bytes(fields::node_proto::kDomain, "local");
  std::string nodes;
  for (Count i = 0; i < called; ++i)
    nodes += wire::bytes(fields::graph_proto::kNode,
                         wire::node_body("f", {"x"}, {"r" + std::to_string(i)}, local));
  const std::string defined = wire::function("f", {"a"}, {"b"}, {wire::node_body("Unknown", {"a"}, names)});
  return image_model(nodes + node("Relu", {"x"}, {"y"}), wire::local_import() + defined);
}

std::string high_rank(Count rank, Count nodes) {
  std::string out = wire::input("big", wire::Numbers(rank, 1)) + node("Relu", {"big"}, {v(0)});
  for (Count i = 0; i < nodes; ++i) out += node("Relu", {v(i)}, {v(i + 1)});
  return image_model(out + node("Relu", {"x"}, {"y"}));
}

std::string long_contents(Count nodes) {
  std::string out = int64_vector("c", 1024, 1) + node("Add", {"c", "c"}, {v(0)});
  for (Count i = 0; i < nodes; ++i) out += node("Mul", {v(i), "c"}, {v(i + 1)});
  return image_model(out + node("Relu", {"x"}, {"y"}));
}

// Sixteen symbols, added and multiplied until nothing fits any more, a thousand at a time.
std::string growing_extents(Count nodes) {
  std::string shape;
  for (int i = 0; i < 16; ++i)
    shape += wire::bytes(1, wire::bytes(2, std::string(1, static_cast<char>('a' + i))));
  const std::string type = wire::bytes(1, wire::number(1, 1) + wire::bytes(2, shape));
  std::string out = wire::bytes(fields::graph_proto::kInput, wire::bytes(1, "s") + wire::bytes(2, type));
  out += node("Shape", {"s"}, {"dims"});
  out += node("ReduceSum", {"dims"}, {"sum"},
              wire::attribute("keepdims", wire::number(3, 1) + wire::number(20, 2)));
  out += node("Concat", wire::Names(1024, "sum"), {v(0)},
              wire::attribute("axis", wire::number(3, 0) + wire::number(20, 2)));
  for (Count i = 0; i < nodes; ++i)
    out += node(i % 2 == 0 ? "Mul" : "Add", {v(0), i % 4 < 2 ? v(0) : v(i)}, {v(i + 1)});
  return image_model(out + node("Relu", {"x"}, {"y"}));
}

// Loops within loops, each carrying values that it hands round: one is forgotten in every turn.
std::string forgetful_loops(Count depth, Count carried) {
  std::string body = node("Relu", {"x"}, {"leaf"});
  for (Count level = 0; level < depth; ++level) {
    const std::string at = std::to_string(level) + "_";
    wire::Names inputs{"trips", "go"};
    wire::Names outputs;
    std::string graph = wire::input("i" + at, {}) + wire::input("k" + at, {}) + wire::output("k" + at);
    for (Count i = 0; i < carried; ++i) graph += wire::input("a" + at + std::to_string(i), {});
    graph += wire::input("z" + at, {});
    // Each takes its neighbour's place, and the first a new shape: the difference travels one step a turn.
    graph += node("Unsqueeze", {"a" + at + "0", "zero"}, {"u" + at}) + body;
    for (Count i = 0; i <= carried; ++i) {
      graph += wire::output(i == 0 ? "u" + at : "a" + at + std::to_string(i - 1));
      inputs.push_back("x");
      outputs.push_back("o" + at + std::to_string(i));
    }
    body = node("Loop", inputs, outputs, graph_attribute("body", graph));
  }
  const std::string constants = int64_vector("zero", 1, 0) + wire::input("trips", {}) + wire::input("go", {});
  return image_model(constants + body + node("Relu", {"x"}, {"y"}));
}

}  // namespace padproof::test::scale
