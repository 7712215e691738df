// SPDX-License-Identifier: Apache-2.0
// What the wire-level reader makes of a model, against the ONNX library's own parser where that has an
// opinion.
#include "model/onnx/reader.h"

#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <filesystem>

#include "model/tensor_values.h"
#include "tests/support/models.h"
#include "tests/support/process.h"

namespace {

using namespace padproof::model;
using padproof::test::load;
using padproof::test::model_bytes;
using padproof::test::rope_of;

onnx::ModelProto parse(const std::string& text) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(model_bytes(text)));
  return model;
}

Result<Model> read(const onnx::ModelProto& model) {
  return read_onnx(rope_of(model.SerializeAsString()), "m.onnx");
}

const char* const kPlain =
    "<ir_version: 8, opset_import: [\"\" : 17]> g (float[N,3,8,8] x, float[4,3,3,3] w) => (float[] y) "
    "{ c = Conv<pads=[1,1,1,1]>(x, w) y = Relu(c) }";

}  // namespace

TEST_CASE("nodes, attributes and origins agree with the library's parser on every exported model") {
  for (const auto& entry : std::filesystem::directory_iterator("testdata/exports")) {
    const std::string path = entry.path().string() + "/model.onnx";
    if (!std::filesystem::exists(path)) continue;
    CAPTURE(path);
    const std::string bytes = padproof::test::read_file(path);
    onnx::ModelProto expected;
    REQUIRE(expected.ParseFromString(bytes));
    const auto model = read_onnx(rope_of(bytes), path);
    REQUIRE(model.has_value());
    const Graph& graph = *model->graph;
    REQUIRE(graph.nodes.size() == static_cast<std::size_t>(expected.graph().node_size()));
    for (const Node& node : graph.nodes) {
      const auto& other = expected.graph().node(static_cast<int>(node.index));
      CHECK(node.op_type == other.op_type());
      CHECK(node.name == other.name());
      CHECK(node.attributes.size() == static_cast<std::size_t>(other.attribute_size()));
      REQUIRE(node.inputs.size() == static_cast<std::size_t>(other.input_size()));
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] != kNoValue)
          CHECK(graph.values[node.inputs[i]].name == other.input(static_cast<int>(i)));
      }
      onnx::NodeProto again;
      CHECK(again.ParseFromString(bytes.substr(node.body.begin, node.body.size())));
      CHECK(again.SerializeAsString() == other.SerializeAsString());
    }
    REQUIRE(graph.initializers.size() == static_cast<std::size_t>(expected.graph().initializer_size()));
    for (std::size_t i = 0; i < graph.initializers.size(); ++i) {
      CHECK(graph.initializers[i].raw == expected.graph().initializer(static_cast<int>(i)).raw_data());
    }
  }
}

TEST_CASE("before IR version 4 an initializer that is an input is a constant") {
  auto model = parse(kPlain);
  auto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name("w");
  tensor.set_data_type(1);
  for (const int dim : {4, 3, 3, 3}) tensor.add_dims(dim);
  tensor.mutable_raw_data()->assign(4 * 3 * 3 * 3 * 4, '\0');
  const auto modern = read(model);
  REQUIRE(modern.has_value());
  CHECK(modern->graph->inputs.size() == 2);
  model.set_ir_version(3);
  const auto old = read(model);
  REQUIRE(old.has_value());
  CHECK(old->graph->inputs.size() == 1);
}

TEST_CASE("a model without operator set imports is of version 1") {
  auto model = parse(kPlain);
  model.clear_opset_import();
  const auto cut_off = read(model);
  REQUIRE_FALSE(cut_off.has_value());
  CHECK(cut_off.error().code == "no-opset");
  model.set_ir_version(2);
  const auto old = read(model);
  REQUIRE(old.has_value());
  CHECK(old->opset_imports.at("") == 1);
}

TEST_CASE("nodes out of order are sorted, cycles are refused") {
  auto model = parse(kPlain);
  model.mutable_graph()->mutable_node()->SwapElements(0, 1);
  const auto sorted = read(model);
  REQUIRE(sorted.has_value());
  CHECK(sorted->graph->order == std::vector<std::uint32_t>{1, 0});
  model.mutable_graph()->mutable_node(1)->set_input(0, "y");
  const auto cycle = read(model);
  REQUIRE_FALSE(cycle.has_value());
  CHECK(cycle.error().code == "cycle");
}

TEST_CASE("typed and raw tensors hold the same elements") {
  onnx::TensorProto raw;
  raw.set_data_type(onnx::TensorProto::INT64);
  raw.add_dims(3);
  const std::int64_t values[] = {-1, 0, 1LL << 40};
  raw.mutable_raw_data()->assign(reinterpret_cast<const char*>(values), sizeof values);
  onnx::TensorProto typed = raw;
  typed.clear_raw_data();
  for (const std::int64_t value : values) typed.add_int64_data(value);
  const auto raw_rope = rope_of(raw.SerializeAsString());
  const auto typed_rope = rope_of(typed.SerializeAsString());
  const auto left = read_tensor(*raw_rope);
  const auto right = read_tensor(*typed_rope);
  REQUIRE(left.has_value());
  REQUIRE(right.has_value());
  CHECK(left->storage == Storage::kRaw);
  CHECK(right->storage == Storage::kTyped);
  CHECK(read_integers(*left).value() == std::vector<std::int64_t>(std::begin(values), std::end(values)));
  CHECK(same_elements(*left, *right).value());
  typed.add_int64_data(5);
  const auto long_rope = rope_of(typed.SerializeAsString());
  CHECK(read_integers(read_tensor(*long_rope).value()).error().code == "tensor-size");
}

TEST_CASE("subgraphs see the values around them, and sparse tensors and external data stay references") {
  auto model = parse(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (bool c, float[1,3,8,8] x) => (float[] y) { y = Relu(x) "
      "}");
  auto& node = *model.mutable_graph()->mutable_node(0);
  node.set_op_type("If");
  node.set_input(0, "c");
  for (const char* branch : {"then_branch", "else_branch"}) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(branch);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    auto& inner = *attribute.mutable_g()->add_node();
    inner.set_op_type("Relu");
    inner.add_input("x");
    inner.add_output(std::string(branch) + "_r");
    attribute.mutable_g()->add_output()->set_name(std::string(branch) + "_r");
  }
  auto& external = *model.mutable_graph()->add_initializer();
  external.set_name("e");
  external.set_data_type(1);
  external.add_dims(7);
  external.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& location = *external.add_external_data();
  location.set_key("location");
  location.set_value("weights.bin");
  auto& sparse = *model.mutable_graph()->add_sparse_initializer();
  sparse.mutable_values()->set_name("s");
  sparse.add_dims(100);
  const auto loaded = read(model);
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : to_string(loaded.error())));
  const Graph& graph = *loaded->graph;
  CHECK(graph.nodes[0].captures.size() == 1);
  CHECK(graph.values[graph.nodes[0].captures[0]].name == "x");
  CHECK(graph.nodes[0].attributes[0].graphs[0]->path == "main/y.then_branch");
  CHECK(graph.initializers[0].storage == Storage::kExternal);
  CHECK(graph.initializers[0].external.location == "weights.bin");
  CHECK(graph.sparse_initializers[0].dims == std::vector<std::int64_t>{100});
}
