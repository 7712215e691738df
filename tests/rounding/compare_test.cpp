// SPDX-License-Identifier: Apache-2.0
// Whole comparisons: which value is judged from where, which node is named, and what cannot be said.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/rounding/peer.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

using model::DataType;
using verifier::Agreement;
using verifier::Comparison;
using verifier::NamedTensors;
using verifier::Tensor;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

const TextModel kChain{"float[1,2,6,6] x, float[3,2,3,3] w, float[3] b",
                       "c = Conv<pads=[1,1,1,1]>(x, w, b) r = Relu(c) p = MaxPool<kernel_shape=[2,2]>(r) "
                       "s = Sigmoid(p) y = ReduceMean<axes=[2,3]>(s)",
                       ""};

struct Run {
  model::Model model;
  NamedTensors inputs;
  NamedTensors values;  // all of them

  explicit Run(const TextModel& text, NamedTensors given) : model(text.read()), inputs(std::move(given)) {
    verifier::ExecuteOptions engine;
    engine.on_value = [&](const model::Node&, std::string_view name, const Tensor& tensor) {
      values.emplace(name, tensor.copy());
    };
    value_or_throw(verifier::execute(model, inputs, engine));
  }

  [[nodiscard]] NamedTensors only(std::initializer_list<std::string> names) const {
    NamedTensors some;
    for (const std::string& name : names) some.emplace(name, values.at(name).copy());
    return some;
  }
  [[nodiscard]] Comparison compare(const NamedTensors& expected, const NamedTensors& reference = {}) const {
    return value_or_throw(verifier::compare_by_bound(model, inputs, expected, reference));
  }
  [[nodiscard]] std::string fault(const NamedTensors& expected) const {
    const auto comparison = verifier::compare_by_bound(model, inputs, expected, {});
    return comparison ? "" : comparison.error().code;
  }
};

Run run_chain() {
  std::mt19937 random(3);
  NamedTensors inputs;
  inputs.emplace("x", random_floats(random, {1, 2, 6, 6}));
  inputs.emplace("w", random_floats(random, {3, 2, 3, 3}));
  inputs.emplace("b", random_floats(random, {3}));
  return Run(kChain, std::move(inputs));
}

TEST_CASE("with every value known nothing is left to statistics") {
  const Run run = run_chain();
  const Comparison comparison = run.compare(run.values);
  CHECK(comparison.agreement == Agreement::kWithin);
  CHECK(comparison.values == 5);
  CHECK(comparison.worst_case == 5);
  CHECK(run.compare(run.only({"y"})).statistical == 1);
  const Comparison two = run.compare(run.only({"c", "y"}));
  CHECK(two.worst_case == 1);
  CHECK(two.statistical == 1);
}

TEST_CASE("the first node that is beyond is named, those after it are judged from its values") {
  const Run run = run_chain();
  for (const auto& pair :
       {std::pair{"c", "Conv"}, {"r", "Relu"}, {"p", "MaxPool"}, {"s", "Sigmoid"}, {"y", "ReduceMean"}}) {
    const std::string value = pair.first;
    const std::string node = pair.second;
    CAPTURE(value);
    NamedTensors expected = run.only({"c", "r", "p", "s", "y"});
    expected[value] = with_largest_scaled(expected[value], 1.01F);
    const Comparison comparison = run.compare(expected);
    CHECK(comparison.agreement == Agreement::kBeyond);
    REQUIRE(comparison.first);
    CHECK(comparison.first->value == value);
    CHECK(comparison.first->node.find(node) == 0);
    CHECK(comparison.first->is_alone);
    CHECK(comparison.first->elements == 1);
    CHECK(verifier::summary(comparison).find("beyond rounding at " + node) == 0);
  }
  const Comparison output = run.compare({{"y", with_largest_scaled(run.values.at("y"), 1.01F)}});
  REQUIRE(output.first);
  CHECK_FALSE(output.first->is_alone);
  CHECK(verifier::summary(output).find("at or before ReduceMean") != std::string::npos);
}

TEST_CASE("another NaN or infinity is a difference") {
  const Run run = run_chain();
  for (const float value : {kNan, kInfinity, -kInfinity}) {
    NamedTensors expected = run.only({"c", "y"});
    expected["c"].mutable_data<float>()[7] = value;
    const Comparison comparison = run.compare(expected);
    CHECK(comparison.agreement == Agreement::kBeyond);
    REQUIRE(comparison.first);
    CHECK(comparison.first->value == "c");
    CHECK(comparison.first->place == "[0,0,1,1]");
  }
  Run poisoned = run_chain();
  poisoned.inputs["x"].mutable_data<float>()[20] = kNan;
  const Run nan(kChain, poisoned.inputs);
  CHECK(nan.compare(nan.values).agreement == Agreement::kWithin);
  NamedTensors hidden = nan.only({"c", "y"});
  for (float& element : hidden["c"].mutable_data<float>()) element = std::isnan(element) ? 0 : element;
  CHECK(nan.compare(hidden).agreement == Agreement::kBeyond);
}

TEST_CASE("sums that may overflow are not judged") {
  NamedTensors inputs;
  Tensor x(DataType::kFloat, {1, 3});
  const float most = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < 3; ++i) x.mutable_data<float>()[i] = i < 2 ? most : -most;
  Tensor w(DataType::kFloat, {3, 1});
  for (float& weight : w.mutable_data<float>()) weight = 1;
  inputs.emplace("x", x);
  inputs.emplace("w", w);
  const Run run({"float[1,3] x, float[3,1] w", "y = MatMul(x, w)", ""}, inputs);
  Tensor y(DataType::kFloat, {1, 1});
  y.mutable_data<float>()[0] = kInfinity;  // the first two alone; in another order the sum is finite
  CHECK(run.compare({{"y", y}}).agreement == Agreement::kUnknown);
}

TEST_CASE("operators without a rule are unknown unless the bits are the reference engine's") {
  std::mt19937 random(4);
  const Run run({"float[2,5] x", "a = Relu(x) c = Cos(a) y = Relu(c)", ""},
                {{"x", random_floats(random, {2, 5})}});
  const Comparison output = run.compare(run.only({"y"}));
  CHECK(output.agreement == Agreement::kUnknown);
  CHECK(output.reason.find("no rounding bound for Cos") != std::string::npos);
  CHECK(run.compare(run.only({"y"}), run.only({"y"})).agreement == Agreement::kWithin);
  NamedTensors expected = run.only({"a", "c", "y"});
  const Comparison known = run.compare(expected);
  CHECK(known.agreement == Agreement::kWithin);
  CHECK(known.reference == 1);
  expected["c"] = with_largest_scaled(expected["c"], 1.5F);
  expected["y"] = with_largest_scaled(expected["y"], 1.5F);
  CHECK(run.compare(expected).agreement == Agreement::kUnknown);
  expected["a"] = with_largest_scaled(expected["a"], 1.5F);
  CHECK(run.compare(expected).agreement == Agreement::kBeyond);
}

TEST_CASE("integers are equal or beyond, but where rounding decides them") {
  std::mt19937 random(5);
  const TextModel text{"float[2,30] x",
                       "q = QuantizeLinear(x, scale, zero) n = Shape(x) m = Mul(n, n) "
                       "y = DequantizeLinear(q, scale, zero)",
                       "float scale = {0.0125}, int8 zero = {3}", "float[] y, int64[] m"};
  const Run run(text, {{"x", random_floats(random, {2, 30})}});
  const Comparison same = run.compare(run.values);
  CHECK(same.agreement == Agreement::kWithin);
  CHECK(same.worst_case == 4);
  NamedTensors expected = run.only({"q", "m", "y"});
  expected["m"].mutable_data<std::int64_t>()[0] = 5;
  CHECK(run.compare(expected).first->value == "m");
  expected = run.only({"q", "m", "y"});
  expected["q"].mutable_data<std::int8_t>()[4] ^= 1;
  CHECK(run.compare(expected).first->value == "q");
  // Behind a value of which only the error is known, QuantizeLinear may go either way.
  CHECK(run.compare(run.only({"y", "m"})).agreement == Agreement::kUnknown);
}

TEST_CASE("a quotient at a tie may be quantised either way") {
  Tensor x(DataType::kFloat, {1, 2});
  x.mutable_data<float>()[0] = 2.5F;
  x.mutable_data<float>()[1] = 2.25F;
  const Run run({"float[1,2] x", "y = QuantizeLinear(x, scale, zero)", "float scale = {1.0}, int8 zero = {0}",
                 "int8[] y"},
                {{"x", x}});
  NamedTensors expected = run.only({"y"});
  CHECK(expected["y"].data<std::int8_t>()[0] == 2);
  expected["y"].mutable_data<std::int8_t>()[0] = 3;
  CHECK(run.compare(expected).agreement == Agreement::kWithin);
  expected["y"].mutable_data<std::int8_t>()[1] = 3;
  CHECK(run.compare(expected).agreement == Agreement::kBeyond);
}

TEST_CASE("double precision has no bound here") {
  Tensor x(DataType::kDouble, {1, 4});
  const Run run({"double[1,4] x", "y = Sigmoid(x)", "", "double[] y"}, {{"x", x}});
  NamedTensors expected = run.only({"y"});
  CHECK(run.compare(expected, expected).agreement == Agreement::kWithin);
  expected["y"].mutable_data<double>()[0] = 0.5000000001;
  CHECK(run.compare(expected, run.values).agreement == Agreement::kUnknown);
}

TEST_CASE("what cannot be expected") {
  const Run run = run_chain();
  CHECK(run.fault(run.only({"c"})) == "expected-missing");
  NamedTensors expected = run.only({"y"});
  expected.emplace("nobody", run.values.at("c"));
  CHECK(run.fault(expected) == "expected-unknown");
  expected = run.only({"y"});
  expected["y"] = expected["y"].reshaped({3, 1, 1, 1});
  CHECK(run.fault(expected) == "expected-mismatch");
  expected["y"] = Tensor(DataType::kDouble, {1, 3, 1, 1});
  CHECK(run.fault(expected) == "expected-mismatch");
  expected = run.only({"y"});
  expected.emplace("x", run.inputs.at("x"));
  CHECK(run.fault(expected).empty());
  expected["x"] = with_largest_scaled(expected["x"], 2);
  CHECK(run.fault(expected) == "expected-input");
}

TEST_CASE("a tolerance is taken as numpy takes it") {
  const Run run = run_chain();
  const auto compare = [&](const NamedTensors& expected, double absolute, double relative) {
    return value_or_throw(
        verifier::compare_by_tolerance(run.model, run.inputs, expected, {absolute, relative}));
  };
  NamedTensors expected = run.only({"c", "y"});
  CHECK(compare(expected, 0, 0).agreement == Agreement::kWithin);
  expected["c"] = with_largest_scaled(expected["c"], 1.01F);
  CHECK(compare(expected, 0, 0.005).first->value == "c");
  CHECK(compare(expected, 0, 0.02).agreement == Agreement::kWithin);
  CHECK(compare(expected, 1, 0).agreement == Agreement::kWithin);
  CHECK(compare(expected, 1e-4, 0).agreement == Agreement::kBeyond);
  expected["c"].mutable_data<float>()[0] = kNan;
  CHECK(compare(expected, 1e9, 1).agreement == Agreement::kBeyond);
  expected["c"].mutable_data<float>()[0] = kInfinity;
  CHECK(compare(expected, 1e9, 1).agreement == Agreement::kBeyond);
}

}  // namespace
TEST_CASE("what the engine itself gives is never a difference, and neither is what flushing makes of it") {
  struct Row {
    std::string name;
    TextModel text;
    float x;
  };
  const Row rows[] = {
      {"logits far apart", {"float[1,4] x", "m = Softmax(x) y = Mul(m, m)", ""}, 90.0F},
      {"tiny products", {"float[1,4] x", "m = Mul(x, x) y = Add(m, m)", ""}, 1e-21F},
      {"a sum that overflows before it is divided",
       {"float[1,1,4,4] x", "y = GlobalAveragePool(x)", ""},
       3e38F},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    NamedTensors inputs;
    Tensor x(DataType::kFloat, row.text.read().graph->inputs[0].type.shape->size() == 2
                                   ? verifier::Dims{1, 4}
                                   : verifier::Dims{1, 1, 4, 4});
    for (std::size_t i = 0; i < x.data<float>().size(); ++i)
      x.mutable_data<float>()[i] = i == 0 && x.rank() == 2 ? -row.x : row.x;
    inputs.emplace("x", x);
    const Run run(row.text, inputs);
    const NamedTensors own = run.only({"y"});
    CHECK(run.compare(own, own).agreement == Agreement::kWithin);
    NamedTensors flushed = run.only({"y"});
    for (float& value : flushed.at("y").mutable_data<float>())
      if (std::abs(value) < std::numeric_limits<float>::min()) value = 0;
    CHECK(run.compare(flushed, own).agreement == Agreement::kWithin);
    NamedTensors wrong = run.only({"y"});
    wrong.at("y").mutable_data<float>().back() = 0.4375F;
    CHECK(run.compare(wrong, own).agreement == Agreement::kBeyond);
  }
}

}  // namespace padproof::test
