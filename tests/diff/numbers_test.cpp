// SPDX-License-Identifier: Apache-2.0
// What running both models adds to the verdict: the first layer, what bits and rounding leave open, outputs.
#include "verifier/diff/numbers.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/models.h"

namespace padproof::test {
namespace {

using verifier::DiffNumbers;
using verifier::NumbersOptions;
using verifier::PaddingDiff;

std::string some_numbers(int count, double factor = 1) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", factor * (0.25 * (i * 7 % 11) - 1.1));
  return text;
}

/// Two convolutions of two channels: c1 takes w, or v that is w with a scale of 2 and 0.5 folded in.
Loaded graph(const std::string& nodes, const std::string& outputs = "float[] y") {
  std::string folded = some_numbers(18, 2) + ", ";
  for (int i = 18; i < 36; ++i)
    folded += fmt::format("{}{}", i == 18 ? "" : ", ", 0.5 * (0.25 * (i * 7 % 11) - 1.1));
  return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,12,12] x) => ({}) <float[2,2,3,3] w = {{{}}}, float[2,2,3,3] v = {{{}}}, float[2,2,2,2] u = {{{}}},
  float[2] b = {{0.5, -2}}, float[2] wrong = {{0.5, 2}}, float[2,1,1] bias = {{0.5, -2}}, float[1,2,1,1] scale = {{2, 0.5}},
  float[2] g = {{2, 0.5}}, float[2] zeros = {{0, 0}}, float[2] units = {{1, 1}}, float three = {{3}}, float far = {{1000}},
  float inverse = {{0.25}}, float four = {{4}}, float close = {{14}}, int64[2] starts = {{1,1}}, int64[2] stops = {{25,25}},
  int64[2] spatial = {{2,3}}> {{ {} }})",
                               outputs, some_numbers(36), folded, some_numbers(16), nodes));
}

struct Outcome {
  PaddingDiff diff;
  DiffNumbers numbers;
};

Outcome run(const Loaded& source, const Loaded& target, const NumbersOptions& options = {}) {
  Outcome outcome;
  outcome.diff = verifier::diff_padding(*source.facts, *target.facts);
  outcome.numbers =
      verifier::run_and_compare(source.model, *source.facts, target.model, outcome.diff, options);
  return outcome;
}

std::string doubt_of(const Outcome& outcome) {
  const char* const doubt = verifier::doubt_about(outcome.diff, outcome.numbers);
  return doubt == nullptr ? "" : doubt;
}

const std::string kSomethingElse = "but the models compute something else";
const std::string kNotKnown = "but outputs differ, and it is not known whether rounding explains it";

}  // namespace

TEST_CASE("a bias and a normalisation are the layer's, wherever they stand") {
  const std::string rest = " r = Relu(a) y = Conv<pads=[0,0,1,1], strides=[2,2]>(r, u)";
  const std::string other_rest = " r = Relu(a) y = Conv<pads=[1,1,0,0], strides=[2,2]>(r, u)";
  const std::string padded = "c = Conv<pads=[1,1,1,1]>";
  struct Row {
    std::string name, source, target;
    bool is_same = true;  // the first layer
  };
  const Row rows[] = {
      {"a bias", padded + "(x, w) a = Add(c, bias)", "a = Conv<pads=[1,1,1,1]>(x, w, b)"},
      {"the constant first", padded + "(x, w) a = Add(bias, c)", "a = Conv<pads=[1,1,1,1]>(x, w, b)"},
      {"subtracted", "d = Neg(bias) " + padded + "(x, w, b) a = Identity(c)",
       "a = Conv<pads=[1,1,1,1]>(x, w, b)"},
      {"a scale", padded + "(x, w) a = Mul(c, scale)", "a = Conv<pads=[1,1,1,1]>(x, v)"},
      {"a scale and a bias", padded + "(x, w) m = Mul(c, scale) a = Add(m, bias)",
       "a = Conv<pads=[1,1,1,1]>(x, v, b)"},
      {"half and half", padded + "(x, w) m = Mul(c, scale) a = Add(m, bias)",
       padded + "(x, v) a = Add(c, bias)"},
      {"a normalisation", padded + "(x, w) a = BatchNormalization<epsilon=0.0>(c, g, b, zeros, units)",
       "a = Conv<pads=[1,1,1,1]>(x, v, b)"},
      {"behind an Identity",
       padded + "(x, w) i = Identity(c) a = BatchNormalization<epsilon=0.0>(i, g, b, zeros, units)",
       "a = Conv<pads=[1,1,1,1]>(x, v, b)"},
      {"as a scale and a bias", padded + "(x, w) a = BatchNormalization<epsilon=0.0>(c, g, b, zeros, units)",
       padded + "(x, w) m = Mul(scale, c) a = Add(m, bias)"},
      {"one number for all",
       padded + "(x, w) m = Mul(c, four) n = Div(m, four) s = Sub(n, three) a = Add(s, three)",
       "a = Conv<pads=[1,1,1,1]>(x, w)"},
      {"another bias", padded + "(x, w) a = Add(c, bias)", "a = Conv<pads=[1,1,1,1]>(x, w, wrong)", false},
      {"no scale", padded + "(x, w) a = Mul(c, scale)", "a = Conv<pads=[1,1,1,1]>(x, w)", false},
  };
  for (const Row& row : rows)
    for (const bool swapped : {false, true}) {
      CAPTURE(row.name);
      CAPTURE(swapped);
      const Loaded source = graph((swapped ? row.target : row.source) + rest);
      const Outcome same = run(source, graph((swapped ? row.source : row.target) + rest));
      CHECK(same.diff.status == verifier::Status::kProved);
      CHECK(doubt_of(same) == (row.is_same ? "" : kSomethingElse));
      if (!row.is_same) continue;
      const Outcome other = run(source, graph((swapped ? row.source : row.target) + other_rest));
      CHECK(other.numbers.reason == "");
      REQUIRE(other.numbers.first_beyond);
      CHECK(*other.numbers.first_beyond == 1);
    }
}

TEST_CASE("a scale that another model has further down is no difference of the layer") {
  const Outcome outcome =
      run(graph("c = Conv(x, w) m = Mul(c, four) r = Relu(m) n = Mul(r, inverse) y = Conv(n, u)"),
          graph("c = Conv(x, w) r = Relu(c) y = Conv(r, u)"));
  CHECK(doubt_of(outcome) == "");
}

TEST_CASE("outputs that differ in a later sample are judged too") {
  const Loaded source = graph("c = Conv<pads=[1,1,1,1]>(x, w) y = Clip(c, , far)");
  const Loaded target = graph("c = Conv<pads=[1,1,1,1]>(x, w) y = Clip(c, , close)");
  NumbersOptions options;
  std::int64_t first = 0;
  for (bool moves = false; !moves; ++first) {
    REQUIRE(first < 200);
    options.seed = static_cast<std::uint64_t>(first);
    moves = run(source, target, options).numbers.outputs.at(0).moves;
  }
  REQUIRE(first > 1);
  options.seed = 0;
  options.samples = first - 1;
  const Outcome before = run(source, target, options);
  CHECK(doubt_of(before) == "");
  CHECK(before.numbers.judged == first - 1);
  options.samples = first + 5;
  CHECK(doubt_of(run(source, target, options)) == kSomethingElse);
}

TEST_CASE("where nothing judges rounding, outputs that differ leave the verdict open") {
  const Loaded source = graph("c = Conv(x, w) y = Relu(c)");
  const Loaded target = graph("c = Conv(x, w) y = Neg(c)");
  NumbersOptions options;
  CHECK(doubt_of(run(source, target, options)) == kSomethingElse);
  options.judge_rounding = false;
  CHECK(doubt_of(run(source, target, options)) == kNotKnown);
  CHECK(doubt_of(run(source, source, options)) == "");
  // Other weights give other outputs.
  CHECK(doubt_of(run(source, graph("c = Conv(x, v) y = Relu(c)"), options)) == kNotKnown);
  CHECK(doubt_of(run(graph("c = Conv(x, w) y = MaxPool<kernel_shape=[2,2]>(c)"),
                     graph("w2 = Neg(w) c = Conv(x, w2) y = MaxPool<kernel_shape=[2,2]>(c)"), options)) ==
        kNotKnown);
  for (const char* const type : {"float16", "double"}) {
    CAPTURE(type);
    const auto model = [&](const char* function) {
      return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g ({0}[1,1,6,6] x) => ({0}[] y) <float[1,1,3,3] w = {{1,2,3,4,5,6,7,8,9}}> {{
  v = Cast<to={2}>(w) c = Conv(x, v) y = {1}(c) }})",
                                   type, function, std::string(type) == "double" ? 11 : 10));
    };
    const Loaded relu = model("Relu");
    CHECK(doubt_of(run(relu, model("Neg"))) == kNotKnown);
    CHECK(doubt_of(run(relu, relu)) == "");
  }
}

TEST_CASE("weights that are known to differ leave outputs to differ") {
  const auto model = [](const std::string& weights) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,6,6] x) => (float[] y) <float[1,1,3,3] w = {{{}}}> {{ y = Conv(x, w) }})",
                                 weights));
  };
  const Outcome outcome = run(model("1,2,3,4,5,6,7,8,9"), model("1,0,3,0,5,0,7,0,9"));
  CHECK(outcome.numbers.outputs.at(0).moves);
  CHECK(doubt_of(outcome) == "");
}

TEST_CASE("a layer whose output has other extents is the first that differs") {
  const std::string rest = " y = Conv<pads=[1,1,1,1], strides=[2,2]>(c, u)";
  const Outcome outcome = run(graph("c = Conv<pads=[0,0,1,1]>(x, w)" + rest), graph("c = Conv(x, w)" + rest));
  REQUIRE(outcome.numbers.first_beyond);
  CHECK(*outcome.numbers.first_beyond == 0);
  for (const auto& layer : outcome.numbers.layers) CHECK_FALSE(layer.is_beyond_rounding);
}

TEST_CASE("a map that is turned is no other way to write it") {
  const Outcome outcome = run(graph("p = MaxPool<kernel_shape=[12,1]>(x) y = Conv<pads=[1,1,1,1]>(p, w)"),
                              graph("p = MaxPool<kernel_shape=[1,12]>(x) y = Conv<pads=[1,1,1,1]>(p, w)"));
  for (const auto& layer : outcome.numbers.layers) CHECK_FALSE(layer.is_known);
  REQUIRE(outcome.numbers.first_beyond);
  CHECK(*outcome.numbers.first_beyond == 0);
}

TEST_CASE("outputs are paired by name, then by what they are, then in order") {
  const std::string nodes = "a = Conv(x, w) z = Relu(a)";
  const Loaded source = graph(nodes, "float[] a, float[] z");
  struct Row {
    std::string nodes, outputs, expected, reason;
  };
  const Row rows[] = {
      {nodes, "float[] z, float[] a", "a=a z=z", ""},
      {"d = Conv(x, w) c = Relu(d)", "float[] c, float[] d", "a=d z=c", ""},
      {"d = Conv(x, w) z = Relu(d)", "float[] z, float[] d", "a=d z=z", ""},
      {nodes, "float[] z", "z=z", "output 'a' of the source has no counterpart"},
      {nodes + " e = Neg(a)", "float[] a, float[] e, float[] z", "a=a z=z",
       "output 'e' of the target has no counterpart"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.outputs);
    const Outcome outcome = run(source, graph(row.nodes, row.outputs));
    std::string pairs;
    for (const auto& output : outcome.numbers.outputs) {
      pairs += fmt::format("{}{}={}", pairs.empty() ? "" : " ", output.source, output.target);
      CHECK_FALSE(output.moves);
    }
    CHECK(pairs == row.expected);
    CHECK(outcome.numbers.reason == row.reason);
    CHECK(outcome.numbers.samples == 1);
    CHECK(doubt_of(outcome) == "");
  }
}

TEST_CASE("an output of other extents is something else, and the others are compared") {
  const Outcome outcome = run(graph("c = Conv(x, w) y = Relu(c) z = Neg(c)", "float[] y, float[] z"),
                              graph("c = Conv(x, w) y = ReduceMax(c) z = Neg(c)", "float[] y, float[] z"));
  CHECK(outcome.numbers.reason ==
        "output 'y' has another type or other extents (source 1x2x10x10, target 1x1x1x1)");
  REQUIRE(outcome.numbers.outputs.size() == 1);
  CHECK(outcome.numbers.outputs[0].source == "z");
  CHECK(doubt_of(outcome) == kSomethingElse);
}

TEST_CASE("what a transposed convolution does not crop a Slice may") {
  const Loaded pads = graph("y = ConvTranspose<strides=[2,2], pads=[1,1,0,0]>(x, w)");
  const std::string full = "c = ConvTranspose<strides=[2,2]>(x, w) ";
  const Outcome same = run(graph(full + "y = Slice(c, starts, stops, spatial)"), pads);
  CHECK(same.diff.status == verifier::Status::kRefuted);
  CHECK(doubt_of(same) == "but rounding explains all that the outputs differ by");
  CHECK(doubt_of(run(graph(full + "y = Identity(c)"), pads)) == "");
  CHECK(doubt_of(run(graph("y = ConvTranspose<strides=[2,2], pads=[0,0,1,1]>(x, w)"), pads)) == "");
}

}  // namespace padproof::test
