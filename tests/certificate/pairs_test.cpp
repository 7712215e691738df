// SPDX-License-Identifier: Apache-2.0
// Targets that are not what the source is, under certificates that are honest but for the digests: what a
// checker overlooks that reads files in its own way.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <functional>
#include <string>

#include "tests/certificate/certified.h"
#include "tests/support/models.h"
#include "tests/support/wire_bytes.h"
#include "verifier/certificate/canonical.h"
#include "verifier/certificate/certificate.h"
#include "verifier/proof/proof.h"

namespace padproof::test {
namespace {

using Edit = std::function<void(onnx::ModelProto&)>;
using check::Answer;

constexpr std::string_view kHead = "<ir_version: 8, opset_import: [\"\" : 17, \"local\" : 1]> g ";
const std::string kConv =
    "(float[1,1,8,8] x, float[1,1,3,3] w) => (float[1,1,4,4] y) { y = Conv<auto_pad=\"SAME_UPPER\", "
    "strides=[2,2]>(x, w) }";
const std::string kBranches =
    "(bool b, float[1,1,8,8] x) => (y) { y = If(b) <then_branch = t () => (float[1,1,8,8] p) <float k = "
    "{1.0}> { p = "
    "Add(x, k) }, else_branch = e () => (float[1,1,8,8] q) { q = Identity(x) }> }";
const std::string kCall = "(float[1,1,8,8] x) => (y) { y = local.F(x) }";

onnx::ModelProto parse(const std::string& text) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(model_bytes(std::string(kHead) + text)));
  return model;
}

onnx::GraphProto& branch(onnx::ModelProto& model) {
  return *model.mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_g();
}

void make_default_of_input(onnx::ModelProto& model) {
  onnx::ValueInfoProto& input = *branch(model).add_input();
  input.set_name("k");
  input.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
}

/// F(x) = LeakyRelu(x) with the attribute alpha of the call.
void add_function(onnx::ModelProto& model) {
  onnx::FunctionProto& function = *model.add_functions();
  function.set_domain("local");
  function.set_name("F");
  function.add_input("a");
  function.add_output("b");
  onnx::OperatorSetIdProto& import = *function.add_opset_import();
  import.set_version(17);
  onnx::NodeProto& node = *function.add_node();
  node.set_op_type("LeakyRelu");
  node.add_input("a");
  node.add_output("b");
  onnx::AttributeProto& alpha = *node.add_attribute();
  alpha.set_name("alpha");
  alpha.set_type(onnx::AttributeProto::FLOAT);
  alpha.set_ref_attr_name("alpha");
}

struct Row {
  std::string name;
  std::string text;
  Edit both;
  Edit target;
  Answer answer;
};

const Edit kNothing = [](onnx::ModelProto&) {};

Edit with_attribute(const std::string& name, std::int64_t value) {
  return [=](onnx::ModelProto& model) {
    onnx::AttributeProto& attribute = *model.mutable_graph()->mutable_node(0)->add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INTS);
    attribute.add_ints(value);
    attribute.add_ints(value);
  };
}

const Row kRows[] = {
    {"the same", kConv, kNothing, kNothing, Answer::kAccepted},
    {"a convolution has no output_shape", kConv, kNothing, with_attribute("output_shape", 99),
     Answer::kRejected},
    {"a convolution has no output_padding", kConv, kNothing, with_attribute("output_padding", 0),
     Answer::kRejected},
    {"an output that is declared otherwise", kConv, kNothing,
     [](onnx::ModelProto& model) {
       model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(7);
     },
     Answer::kRejected},
    {"a branch", kBranches, kNothing, kNothing, Answer::kAccepted},
    {"a branch with another constant", kBranches, kNothing,
     [](onnx::ModelProto& model) { branch(model).mutable_initializer(0)->set_float_data(0, 5); },
     Answer::kRejected},
    {"a branch whose input has another default", kBranches, make_default_of_input,
     [](onnx::ModelProto& model) { branch(model).mutable_initializer(0)->set_float_data(0, 5); },
     Answer::kRejected},
    {"a branch whose input has no default any more", kBranches, make_default_of_input,
     [](onnx::ModelProto& model) { branch(model).clear_initializer(); }, Answer::kRejected},
    {"a function", kCall, add_function, kNothing, Answer::kAccepted},
};

Certified crafted(const Row& row) {
  onnx::ModelProto source = parse(row.text);
  row.both(source);
  onnx::ModelProto target = source;
  const Loaded loaded = load(rope_of(source.SerializeAsString()));
  const verifier::Proof proof = verifier::prove(loaded.model, *loaded.facts, loaded.model, *loaded.facts);
  const auto certificate =
      value_or_throw(verifier::certify({loaded.model, *loaded.facts, loaded.model, *loaded.facts, proof,
                                        "source.onnx", "target.onnx", "tests"}));
  row.target(target);
  Certified certified{row.name, source.SerializeAsString(), target.SerializeAsString(),
                      nlohmann::json::parse(value_or_throw(verifier::canonical_json(certificate)))};
  patch_digests(certified);
  return certified;
}

TEST_CASE("targets that are something else are not accepted") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    const CheckResult result = check_certified(crafted(row));
    CAPTURE(result.reason);
    CHECK(result.answer == row.answer);
  }
}

// FunctionProto: attribute = 6 holds names, attribute_proto = 11 defaults.
TEST_CASE("a default is not the name of an attribute that has none") {
  Row row{"a function", kCall, add_function, kNothing, Answer::kRejected};
  Certified certified = crafted(row);
  const std::string alpha =
      wire::bytes(1, "alpha") + std::string("\x15\x00\x00\x40\x3f", 5) + wire::number(20, 1);
  const auto with = [&](std::uint32_t field) {
    onnx::ModelProto model = parse(kCall);
    add_function(model);
    const std::string function = model.functions(0).SerializeAsString();
    model.clear_functions();
    return model.SerializeAsString() + wire::bytes(25, function + wire::bytes(field, alpha));
  };
  certified.source = with(11);
  certified.target = with(11);
  patch_digests(certified);
  CHECK(check_certified(certified).answer == Answer::kAccepted);
  certified.target = with(6);
  patch_digests(certified);
  CHECK(check_certified(certified).answer == Answer::kRejected);
}

TEST_CASE("2^64-1 is not -1, and a list of a million lists takes no longer than its bytes") {
  Certified certified =
      crafted({"open", "(float[N,1,8,8] x) => (y) { y = Relu(x) }", kNothing, kNothing, {}});
  CHECK(check_certified(certified).answer == Answer::kAccepted);
  certified.certificate["inputs"][0]["extents"][0] = UINT64_MAX;
  CHECK(check_certified(certified).answer == Answer::kUnreadable);
  certified.certificate["inputs"][0]["extents"][0] = std::int64_t{1} << 40;
  CHECK(check_certified(certified).answer == Answer::kRejected);
  certified.certificate["unverified"] = std::vector<nlohmann::json>(1'000'000, nlohmann::json::object());
  CHECK(check_certified(certified).answer != Answer::kAccepted);
}

}  // namespace
}  // namespace padproof::test
