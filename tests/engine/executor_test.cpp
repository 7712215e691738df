// SPDX-License-Identifier: Apache-2.0
// Running graphs: inputs, memory, lifetimes, cancelling, errors that name the node; loops and functions.
#include "verifier/engine/executor.h"

#include <doctest/doctest.h>

#include "model/onnx/reader.h"
#include "tests/engine/one_node.h"
#include "tests/engine/wire_model.h"
#include "tests/support/slow_build.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier {
namespace {

using model::Fault;
using testing::floats;
using testing::OneNode;
using testing::WireModel;

TEST_CASE("inputs must be those of the model") {
  const auto model = WireModel().input("x", {2}).node("Relu", {"x"}, {"y"}).output("y").read();
  CHECK(execute(model, {}, {}).error().code == "missing-input");
  CHECK(execute(model, {{"x", floats({3}, {1, 2, 3})}}, {}).error().code == "input-mismatch");
  CHECK(execute(model, {{"x", testing::integers({1, 2})}}, {}).error().code == "input-mismatch");
  CHECK(execute(model, {{"x", floats({2}, {1, 2})}, {"z", floats({1}, {1})}}, {}).error().code ==
        "unknown-input");
  CHECK(execute(model, {{"x", floats({2}, {1, 2})}}, {}).has_value());
}

TEST_CASE("values are reported in order and freed after their last use") {
  WireModel wire;
  wire.input("x", {1024});
  std::string last = "x";
  for (int i = 0; i < 50; ++i) {
    const std::string next = "v" + std::to_string(i);
    wire.node("Neg", {last}, {next});
    last = next;
  }
  const auto model = wire.output(last).read();
  ExecuteOptions options;
  // Room for two values of 4 KiB at a time, not for fifty.
  options.memory_limit_bytes = 10'000;
  std::vector<std::string> seen;
  options.on_value = [&](const model::Node& node, std::string_view value, const Tensor& tensor) {
    CHECK(node.op_type == "Neg");
    CHECK(tensor.size() == 1024);
    seen.emplace_back(value);
  };
  const auto outputs = execute(model, {{"x", Tensor(model::DataType::kFloat, {1024})}}, options);
  REQUIRE_MESSAGE(outputs.has_value(), to_string(outputs.error()));
  CHECK(seen.size() == 50);
  CHECK(seen.back() == "v49");
  options.memory_limit_bytes = 4'000;
  CHECK(execute(model, {{"x", Tensor(model::DataType::kFloat, {1024})}}, options).error().code ==
        "memory-limit");
}

TEST_CASE("a run can be stopped") {
  const auto model =
      WireModel().input("x", {2}).node("Relu", {"x"}, {"y"}).node("Neg", {"y"}, {"z"}).output("z").read();
  ExecuteOptions options;
  int asked = 0;
  options.cancelled = [&] { return ++asked == 2; };
  const auto outputs = execute(model, {{"x", floats({2}, {1, 2})}}, options);
  REQUIRE_FALSE(outputs.has_value());
  CHECK(outputs.error().code == "cancelled");
  CHECK(outputs.error().fault == Fault::kUnsupported);
}

TEST_CASE("what is not implemented names the node") {
  const auto model = WireModel().input("x", {2}).node("Det", {"x"}, {"y"}).output("y").read();
  const auto outputs = execute(model, {{"x", floats({2}, {1, 2})}}, {});
  REQUIRE_FALSE(outputs.has_value());
  CHECK(outputs.error().fault == Fault::kUnsupported);
  CHECK(outputs.error().code == "not-in-engine");
  CHECK(outputs.error().where.node.find("Det") != std::string::npos);
  CHECK(outputs.error().where.graph == "main");
  const Tensor x = floats({1}, {1});
  CHECK(OneNode("Relu", 13).with("new", std::int64_t{1}).run({x}).error().fault == Fault::kUnsupported);
  CHECK(OneNode("Relu", 999).run({x}).error().code == "opset-too-new");
  CHECK(OneNode("Softmax", 13).with("axis", 1.0F).run({x}).error().code == "attribute-kind");
  CHECK(OneNode("Add", 13).run({x}).error().code == "missing-input");
  CHECK(OneNode("Relu", 13).run({x, x}).error().code == "input-count");
}

TEST_CASE("a loop carries values, stacks scans and reads outside") {
  // for i in 0..3: sum += x; scan sum
  WireModel body;
  body.untyped_input("i").untyped_input("go").untyped_input("sum");
  body.node("Add", {"sum", "x"}, {"next"})
      .node("Identity", {"go"}, {"on"})
      .node("Identity", {"next"}, {"scan"});
  body.output("on").output("next").output("scan");
  const auto model = WireModel()
                         .input("x", {2})
                         .initializer("trips", {}, {3})
                         .node("Loop", {"trips", "", "x"}, {"last", "all"}, {{"body", body.graph()}})
                         .output("last")
                         .output("all")
                         .read();
  const auto outputs = execute(model, {{"x", floats({2}, {1, 10})}}, {});
  REQUIRE_MESSAGE(outputs.has_value(), to_string(outputs.error()));
  CHECK(same_bits(outputs->at("last"), floats({2}, {4, 40})));
  CHECK(same_bits(outputs->at("all"), floats({3, 2}, {2, 20, 3, 30, 4, 40})));
}

TEST_CASE("SpaceToDepth keeps a channel's cells together in mode CRD") {
  const Tensor image = floats({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const auto apart = OneNode("SpaceToDepth", 28).with("blocksize", 2L).run({image});
  REQUIRE(apart.has_value());
  CHECK(same_bits(apart->front(), floats({1, 8, 1, 1}, {1, 5, 2, 6, 3, 7, 4, 8})));
  const auto together =
      OneNode("SpaceToDepth", 28).with("blocksize", 2L).with("mode", std::string_view("CRD")).run({image});
  REQUIRE(together.has_value());
  CHECK(same_bits(together->front(), floats({1, 8, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8})));
}

// A million turns: sanitizers see the same ten instructions again and again.
TEST_CASE("a loop without end is given up" * doctest::skip(padproof::test::kSanitized)) {
  WireModel body;
  body.untyped_input("i").untyped_input("go").untyped_input("value");
  body.output("go").output("value");
  const auto model = WireModel()
                         .input("x", {1})
                         .node("Loop", {"", "", "x"}, {"last"}, {{"body", body.graph()}})
                         .output("last")
                         .read();
  const auto outputs = execute(model, {{"x", floats({1}, {1})}}, {});
  REQUIRE_FALSE(outputs.has_value());
  CHECK(outputs.error().code == "loop-turns");
}

TEST_CASE("functions run with their own attributes and operator sets") {
  const auto model = WireModel()
                         .input("x", {2})
                         .function("own", "Twice", {"a"}, {"b"}, {{"Add", {"a", "a"}, {"b"}}})
                         .node("Twice", {"x"}, {"y"}, {}, "own")
                         .node("Twice", {"y"}, {"z"}, {}, "own")
                         .output("z")
                         .read();
  const auto outputs = execute(model, {{"x", floats({2}, {1, -3})}}, {});
  REQUIRE_MESSAGE(outputs.has_value(), to_string(outputs.error()));
  CHECK(same_bits(outputs->at("z"), floats({2}, {4, -12})));
}

TEST_CASE("the table of operators is sorted and complete") {
  const auto names = claimed_operators();
  CHECK(names.size() > 120);
  for (std::size_t i = 1; i < names.size(); ++i) CHECK(names[i - 1] < names[i]);
  for (const std::string& name : names) REQUIRE(testing::operator_named(name) != nullptr);
  CHECK(find_operator("", "NoSuchOperator") == nullptr);
  CHECK(find_operator("other", "Conv") == nullptr);
}

}  // namespace
}  // namespace padproof::verifier
