// SPDX-License-Identifier: Apache-2.0
// Which values between the layers stand for each other, and that layers behind them are judged alone.
#include "verifier/diff/waypoints.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/models.h"
#include "verifier/diff/numbers.h"

namespace padproof::test {
namespace {

/// Two convolutions of x, and what comes behind them.
Loaded graph(const std::string& nodes) {
  return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,6,6] x) => (float[] y) <float[1,1,3,3] v = {{1,2,3,4,5,6,7,8,9}}, float[1,1,3,3] w = {{9,7,8,6,-4,5,3,1,2}},
  float[1,1,3,3] u = {{1,0,3,0.1,0.2,-1,2,5,6}}, float[1] k = {{0.1}}, float[1] l = {{0.3}}> {{
  a = Conv<pads=[1,1,1,1]>(x, v) b = Conv<pads=[1,1,1,1]>(x, w) {} }})",
                               nodes));
}

/// `s=s t=t`: the source's name and the target's.
std::string text_of(const Loaded& source, const Loaded& target) {
  const auto diff = verifier::diff_padding(*source.facts, *target.facts);
  std::string text;
  for (const verifier::Waypoint& each : verifier::waypoints_of(source.model, target.model, diff))
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", each.source, each.target);
  return text;
}

}  // namespace

TEST_CASE("values that the same operator makes of the same operands stand for each other") {
  struct Row {
    std::string name, source, target, expected;
  };
  const Row rows[] = {
      {"a sum", "s = Add(a, b) y = Relu(s)", "t = Add(a, b) y = Relu(t)", "s=t"},
      {"a sum the other way round", "s = Add(a, b) y = Relu(s)", "t = Add(b, a) y = Relu(t)", "s=t"},
      {"a difference has no other way", "s = Sub(a, b) y = Relu(s)", "t = Sub(b, a) y = Relu(t)", ""},
      {"another operator", "s = Add(a, b) y = Relu(s)", "t = Mul(a, b) y = Relu(t)", ""},
      {"what copies is known, and looked through", "r = Relu(a) s = Add(r, b) y = Sigmoid(s)",
       "q = Relu(a) t = Add(b, q) y = Sigmoid(t)", "s=t y=y"},
      {"another operand", "r = Relu(a) y = Add(r, b)", "y = Add(a, b)", ""},
      {"the same value twice", "y = Add(a, a)", "y = Add(a, b)", ""},
      {"equal constants", "r = Relu(a) y = Mul(r, k)", "q = Relu(a) y = Mul(k, q)", "y=y"},
      {"a number for each channel belongs to the layer", "y = Mul(a, k)", "y = Mul(k, a)", ""},
      {"other constants", "r = Relu(a) y = Mul(r, k)", "r = Relu(a) y = Mul(r, l)", ""},
      {"other attributes", "y = LeakyRelu<alpha=0.1>(a)", "y = LeakyRelu<alpha=0.2>(a)", ""},
      {"the same function at another place", "s = Sigmoid(a) t = Sigmoid(b) y = Sub(s, t)",
       "t = Sigmoid(a) s = Sigmoid(b) y = Sub(t, s)", "s=t t=s y=y"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(text_of(graph(row.source), graph(row.target)) == row.expected);
  }
}

TEST_CASE("windows are left to the alignment") {
  const std::string nodes = "s = Add(a, b) y = Conv(s, u)";
  CHECK(text_of(graph(nodes), graph(nodes)) == "s=s");
}

TEST_CASE("a layer behind a sum is judged alone, and the one that differs is found there") {
  const Loaded source = graph("s = Add(a, b) y = Conv<pads=[1,1,1,1]>(s, u)");
  const Loaded target = graph("t = Add(b, a) y = Conv<pads=[0,0,2,2]>(t, u)");
  const auto diff = verifier::diff_padding(*source.facts, *target.facts);
  const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
  CHECK(numbers.rounding.statistical == 0);
  CHECK(numbers.rounding.values == 4);
  REQUIRE(numbers.first_beyond);
  CHECK(*numbers.first_beyond == 2);
  REQUIRE(numbers.rounding.first);
  CHECK(numbers.rounding.first->is_alone);
}

TEST_CASE("what lies between is compared too: a sum of other values is no longer the same") {
  const Loaded source = graph("s = Add(a, b) y = Conv<pads=[1,1,1,1]>(s, u)");
  const Loaded target = graph("t = Sub(a, b) y = Conv<pads=[1,1,1,1]>(t, u)");
  const auto diff = verifier::diff_padding(*source.facts, *target.facts);
  CHECK(diff.status == verifier::Status::kProved);
  const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
  CHECK(verifier::contradicts(diff, numbers));
}

}  // namespace padproof::test
