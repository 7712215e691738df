// SPDX-License-Identifier: Apache-2.0
// Every ONNX backend node test: the shapes of its stored outputs, which an implementation computed, against
// our rules. Inputs that a shape may depend on are made constants, so that the rules know what the
// implementation knew.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "model/shapes/rule.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxFloatElements = 16;

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  return content.str();
}

bool may_steer_shapes(const onnx::TensorProto& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t dim : tensor.dims()) count *= dim;
  if (tensor.data_type() == onnx::TensorProto::FLOAT)
    return tensor.dims_size() <= 1 && count <= kMaxFloatElements;
  return tensor.data_type() != onnx::TensorProto::STRING && count <= model::kMaxContents;
}

bool has_initializer(const onnx::GraphProto& graph, const std::string& name) {
  return std::any_of(graph.initializer().begin(), graph.initializer().end(),
                     [&](const onnx::TensorProto& tensor) { return tensor.name() == name; });
}

/// Turns graph inputs into initializers where that may help, and forgets what is declared of all other
/// values.
void bind_inputs(const fs::path& data, onnx::ModelProto& model) {
  onnx::GraphProto& graph = *model.mutable_graph();
  onnx::GraphProto bound;
  for (int i = 0; i < graph.input_size(); ++i) {
    onnx::TensorProto tensor;
    const bool is_tensor =
        graph.input(i).type().has_tensor_type() && !has_initializer(graph, graph.input(i).name());
    const bool read =
        is_tensor && tensor.ParseFromString(read_file(data / ("input_" + std::to_string(i) + ".pb")));
    if (read && may_steer_shapes(tensor)) {
      *bound.add_initializer() = tensor;
      bound.mutable_initializer(bound.initializer_size() - 1)->set_name(graph.input(i).name());
    } else {
      *bound.add_input() = graph.input(i);
    }
  }
  *graph.mutable_input() = bound.input();
  graph.mutable_initializer()->MergeFrom(bound.initializer());
  graph.clear_value_info();
  for (auto& output : *graph.mutable_output()) output.clear_type();
  model.set_ir_version(std::max<std::int64_t>(model.ir_version(), 4));
}

/// False for operators whose output size depends on data, those without a rule, control flow and sequences.
bool is_predictable(const onnx::ModelProto& model) {
  static const std::set<std::string> kDataDependent = {
      "Compress", "NonMaxSuppression", "NonZero", "Unique", "Loop", "Scan", "If"};
  for (const auto& output : model.graph().output()) {
    if (!output.type().has_tensor_type()) return false;
  }
  return std::all_of(model.graph().node().begin(), model.graph().node().end(),
                     [](const onnx::NodeProto& node) {
                       return kDataDependent.count(node.op_type()) == 0 &&
                              model::find_rule(node.domain(), node.op_type()) != nullptr;
                     });
}

/// Checks the outputs of one test and gives their number.
int check_outputs(const fs::path& folder) {
  onnx::ModelProto model;
  if (!model.ParseFromString(read_file(folder / "model.onnx")) || !is_predictable(model)) return 0;
  const fs::path data = folder / "test_data_set_0";
  bind_inputs(data, model);
  model::InferenceOptions options;
  options.use_onnx_library = false;
  const Loaded loaded = load(rope_of(model.SerializeAsString()), options);
  int checked = 0;
  for (int i = 0; i < model.graph().output_size(); ++i) {
    onnx::TensorProto tensor;
    const fs::path file = data / ("output_" + std::to_string(i) + ".pb");
    if (!fs::exists(file) || !tensor.ParseFromString(read_file(file))) continue;
    const model::Shape stored(tensor.dims().begin(), tensor.dims().end());
    const auto& facts =
        loaded.facts->values[loaded.facts->graph->value_by_name.at(model.graph().output(i).name())];
    REQUIRE(facts.shape.has_value());
    CHECK(to_string(*facts.shape) == to_string(stored));
    ++checked;
  }
  return checked;
}

TEST_CASE("the rules predict the stored outputs of the ONNX backend tests") {
  const fs::path root = node_tests_folder();
  if (!fs::exists(root)) {
    MESSAGE("skipped: no ", root.string(), " (package libonnx-testdata)");
    return;
  }
  int checked = 0;
  for (const char* suite : {"node", "simple", "pytorch-operator", "pytorch-converted"}) {
    if (!fs::exists(root / suite)) continue;
    for (const auto& entry : fs::directory_iterator(root / suite)) {
      if (!fs::exists(entry.path() / "model.onnx")) continue;
      CAPTURE(entry.path().string());
      int outputs = 0;
      REQUIRE_NOTHROW(outputs = check_outputs(entry.path()));
      checked += outputs;
    }
  }
  CHECK(checked > 800);
}

}  // namespace
}  // namespace padproof::test
