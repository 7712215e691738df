// SPDX-License-Identifier: Apache-2.0
// --expected end to end: where the values come from, what they are judged by, how the command exits.
#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>
#include <onnx/onnx_pb.h>

#include "schemas/report.pb.h"
#include "tests/support/models.h"
#include "tests/support/process.h"
#include "verifier/engine/npz.h"

namespace padproof::test {
namespace {

using verifier::NamedTensors;
using verifier::Tensor;

const std::string kExamples = "testdata/examples/";
const std::string kResnet = "testdata/exports/torch_resnet18_script_static/";
const std::string kQuantised = "testdata/exports/resnet50_same_qdq/";

struct Compared {
  ProcessResult process;
  schemas::Report report;

  explicit Compared(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    process = run_padproof(arguments);
    const auto parsed = google::protobuf::util::JsonStringToMessage(process.out, &report);
    CHECK_MESSAGE(parsed.ok(), process.err);
  }
  [[nodiscard]] const schemas::Comparison& comparison(int i = 0) const {
    return report.models(0).comparisons(i);
  }
};

/// The model with one pixel moved from the end to the begin of the pads of its `which`-th strided
/// convolution.
std::string slip_convolution(const std::string& path, int which) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(read_file(path)));
  for (auto& node : *model.mutable_graph()->mutable_node()) {
    onnx::AttributeProto* pads = nullptr;
    bool strided = false;
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.name() == "pads") pads = &attribute;
      strided = strided || (attribute.name() == "strides" && attribute.ints(0) == 2);
    }
    const bool is_padded = pads != nullptr && pads->ints(0) > 0;
    if (node.op_type() != "Conv" || !strided || !is_padded || which-- > 0) continue;
    for (int axis = 0; axis < 2; ++axis) {
      pads->set_ints(axis, pads->ints(axis) - 1);
      pads->set_ints(axis + 2, pads->ints(axis + 2) + 1);
    }
    return model.SerializeAsString();
  }
  FAIL("no such convolution");
  return {};
}

std::string tensor_file(const Tensor& tensor, const std::string& name) {
  onnx::TensorProto proto;
  proto.set_data_type(onnx::TensorProto::FLOAT);
  proto.set_name(name);
  for (const auto extent : tensor.dims()) proto.add_dims(extent);
  proto.set_raw_data(std::string(tensor.bytes()));
  return proto.SerializeAsString();
}

TEST_CASE(
    "a slipped convolution is beyond what its framework computed, and named once its values are known") {
  const TemporaryFolder folder;
  const std::string model = folder.write("slipped.onnx", slip_convolution(kResnet + "model.onnx", 1));
  const std::vector<std::string> run = {"run", model, "--inputs", kResnet + "inputs.npz", "--expected"};
  auto with = [&](const std::string& expected) {
    auto arguments = run;
    arguments.push_back(expected);
    return arguments;
  };
  const Compared outputs(with(kResnet + "expected.npz"));
  CHECK(outputs.process.exit_code == 1);
  CHECK(outputs.comparison().outcome() == "beyond");
  CHECK(outputs.comparison().first().node().find("Gemm") == 0);
  CHECK_FALSE(outputs.comparison().first().alone());
  REQUIRE(run_padproof({"run", kResnet + "model.onnx", "--inputs", kResnet + "inputs.npz", "--outputs",
                        folder.file("all.npz"), "--all-values"})
              .exit_code == 0);
  const Compared all(with(folder.file("all.npz")));
  CHECK(all.process.exit_code == 1);
  CHECK(all.comparison().first().node().find("Conv '/layer2/layer2.0/conv1/Conv'") == 0);
  CHECK(all.comparison().first().alone());
  CHECK(all.comparison().beyond() == 1);
  CHECK(all.comparison().statistical() == 0);
}

TEST_CASE("expected values come from archives and from folders") {
  const TemporaryFolder folder;
  const NamedTensors expected = value_or_throw(verifier::read_npz(kResnet + "expected.npz"));
  const NamedTensors inputs = value_or_throw(verifier::read_npz(kResnet + "inputs.npz"));
  REQUIRE(expected.size() == 1);
  const auto& [name, tensor] = *expected.begin();
  folder.write("input_0.pb", tensor_file(inputs.begin()->second, ""));
  for (const std::string& written : {std::string(), name}) {
    folder.write("output_0.pb", tensor_file(tensor, written));
    const Compared compared(
        {"run", kResnet + "model.onnx", "--inputs", folder.path(), "--expected", folder.path()});
    CHECK(compared.process.exit_code == 0);
    CHECK(compared.report.verdict() == "none");
    CHECK(compared.comparison().outcome() == "within");
    CHECK(compared.comparison().statistical() == 1);
    CHECK(compared.comparison().used() < 0.1);
  }
  folder.write("output_0.pb", tensor_file(tensor, "nobody"));
  CHECK(run_padproof({"run", kResnet + "model.onnx", "--inputs", folder.path(), "--expected", folder.path()})
            .exit_code == 2);
}

TEST_CASE("both models of a pair must be within") {
  const TemporaryFolder folder;
  const std::string source = kExamples + "same_stride2.onnx";
  const std::string other = folder.file("other.npz");
  REQUIRE(run_padproof({"run", source, "--outputs", other}).exit_code == 0);
  const Compared proved({"verify", source, source, "--expected", other});
  CHECK(proved.process.exit_code == 0);
  CHECK(proved.report.verdict() == "proved");
  REQUIRE(proved.report.models(0).comparisons_size() == 2);
  CHECK(proved.comparison(0).subject() == "source");
  CHECK(proved.comparison(1).subject() == "target");
  const Compared slipped({"verify", source, kExamples + "shortcut_stride2.onnx", "--expected", other});
  CHECK(slipped.process.exit_code == 1);
  CHECK(slipped.comparison(0).outcome() == "within");
  CHECK(slipped.comparison(1).outcome() == "beyond");
  // Proved equal, and both unlike the peer.
  REQUIRE(run_padproof({"run", kExamples + "shortcut_stride2.onnx", "--outputs", other}).exit_code == 0);
  const Compared unlike({"verify", source, source, "--expected", other});
  CHECK(unlike.process.exit_code == 1);
  CHECK(unlike.report.models(0).proof().status() == "proved");
  CHECK(unlike.report.verdict() == "refuted");
}

TEST_CASE("what has no bound is unknown, never within") {
  const std::vector<std::string> arguments = {"run",        kQuantised + "model.onnx",
                                              "--inputs",   kQuantised + "inputs.npz",
                                              "--expected", kQuantised + "expected.npz"};
  const Compared unknown(arguments);
  CHECK(unknown.process.exit_code == 3);
  CHECK(unknown.comparison().outcome() == "unknown");
  auto allowed = arguments;
  allowed.emplace_back("--allow-unknown");
  CHECK(run_padproof(allowed).exit_code == 0);
  auto tolerant = arguments;
  tolerant.insert(tolerant.end(), {"--atol", "1000"});
  const Compared within(tolerant);
  CHECK(within.process.exit_code == 0);
  CHECK(within.comparison().method() == "tolerance");
}

TEST_CASE("requests that make no sense") {
  const TemporaryFolder folder;
  const std::string model = kExamples + "same_stride2.onnx";
  const std::string other = folder.file("other.npz");
  REQUIRE(run_padproof({"run", model, "--outputs", other}).exit_code == 0);
  const std::string before = read_file(other);
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"run", model, "--atol", "1"},
           {"run", model, "--rtol", "1"},
           {"run", model, "--expected", other, "--atol", "-1"},
           {"run", model, "--expected", other, "--rtol", "nan"},
           {"run", model, "--expected", other, "--rtol", "1e-5x"},
           {"run", model, "--expected", folder.file("absent.npz")},
           {"run", model, "--expected", folder.path()},
           {"run", model, "--expected", other, "--outputs", other},
           {"run", model, "--expected", kResnet + "expected.npz"},
           {"run", kExamples + "same.onnx", "--expected", other},
           {"run", kExamples + "same.onnx", "--expected", other, "--atol", "1"},
           {"verify", model, model, "--expected", other, "--proof-only"},
           {"verify", model, model, "--expected", other, "--samples", "2"},
           {"verify", model, model, "--atol", "1"},
       }) {
    CAPTURE(arguments);
    CHECK(run_padproof(arguments).exit_code == 2);
  }
  CHECK(read_file(other) == before);
}

}  // namespace
}  // namespace padproof::test
