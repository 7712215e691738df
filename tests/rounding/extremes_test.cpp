// SPDX-License-Identifier: Apache-2.0
// Values at the ends of float32: what one element allows must not hide another, and what overflows is no
// refutation.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/rounding/peer.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

using verifier::Agreement;
using verifier::NamedTensors;
using verifier::Tensor;

constexpr float kMost = std::numeric_limits<float>::max();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Tensor row_of(const std::vector<float>& values) {
  Tensor tensor(model::DataType::kFloat, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.mutable_data<float>().begin());
  return tensor;
}

struct Row {
  std::string inputs;
  std::string nodes;  // over x, and w where it is given; y is the output
  std::vector<float> x;
  std::vector<float> w;
  std::vector<float> expected;
  Agreement agreement;
};

Agreement agreement_of(const Row& row) {
  const model::Model model = TextModel{row.inputs, row.nodes, ""}.read();
  NamedTensors inputs;
  inputs.emplace("x", row_of(row.x));
  if (!row.w.empty()) inputs.emplace("w", row_of(row.w));
  NamedTensors expected;
  expected.emplace("y", row_of(row.expected));
  return value_or_throw(verifier::compare_by_bound(model, inputs, expected, {})).agreement;
}

}  // namespace

TEST_CASE("a huge element excuses no other") {
  const std::vector<float> x = {kMost, 1, -2, 0.5F};
  const std::vector<float> wrong = {kMost, 3.5F, -2, 0.5F};
  const Row rows[] = {
      {"float[4] x", "y = Identity(x)", x, {}, x, Agreement::kWithin},
      {"float[4] x", "y = Identity(x)", x, {}, wrong, Agreement::kBeyond},
      {"float[4] x", "y = Relu(x)", x, {}, {kMost, 3.5F, 0, 0.5F}, Agreement::kBeyond},
      {"float[4] x, float[1] w",
       "y = Concat<axis=0>(x, w)",
       {1, 2, 3, 4},
       {-kMost},
       {1, 2, 3, 4, -kMost},
       Agreement::kWithin},
      {"float[4] x, float[1] w",
       "y = Concat<axis=0>(x, w)",
       {1, 2, 3, 4},
       {-kMost},
       {-3, 2, 3, 4, -kMost},
       Agreement::kBeyond},
      {"float[4] x, float[4] w",
       "y = Add(x, w)",
       {1, 2, 3, 4},
       {0, 0, 0, -kMost},
       {1, 2, 3, -kMost},
       Agreement::kWithin},
      {"float[4] x, float[4] w",
       "y = Add(x, w)",
       {1, 2, 3, 4},
       {0, 0, 0, -kMost},
       {-3, 2, 3, -kMost},
       Agreement::kBeyond},
  };
  for (const Row& row : rows) {
    CAPTURE(row.nodes);
    CHECK(agreement_of(row) == row.agreement);
  }
}

TEST_CASE("a bound that Clip leaves out is float32's") {
  const std::string inputs = "float[3] x, float[1] w";
  const std::string below = "s = Squeeze(w) y = Clip(x, , s)";
  const Row rows[] = {
      {inputs, below, {-kInfinity, 1, 7}, {6}, {-kMost, 1, 6}, Agreement::kWithin},
      {inputs, below, {-kInfinity, 1, 7}, {6}, {-kInfinity, 1, 6}, Agreement::kBeyond},
      {inputs, "s = Squeeze(w) y = Clip(x, s)", {-3, 1, kInfinity}, {0}, {0, 1, kMost}, Agreement::kWithin},
  };
  for (const Row& row : rows) {
    CAPTURE(row.nodes);
    CHECK(agreement_of(row) == row.agreement);
  }
}

TEST_CASE("what may overflow on the way is not decided, and a number in place of infinity is wrong") {
  const auto sum = [](std::vector<float> x, float expected, Agreement agreement) {
    return Row{"float[3] x", "y = ReduceSum(x)", std::move(x), {}, {expected}, agreement};
  };
  const Row rows[] = {
      sum({kMost, kMost, -kInfinity}, kNan, Agreement::kUnknown),
      sum({kMost, kMost, -kInfinity}, -kInfinity, Agreement::kWithin),
      sum({kMost, kMost, -kInfinity}, 3, Agreement::kBeyond),
      sum({kMost, kMost, -kMost}, kInfinity, Agreement::kUnknown),
  };
  for (const Row& row : rows) {
    CAPTURE(row.expected.front());
    CHECK(agreement_of(row) == row.agreement);
  }
}

}  // namespace padproof::test
