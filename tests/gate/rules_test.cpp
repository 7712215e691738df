// SPDX-License-Identifier: Apache-2.0
// Small models, and which rule they break: what the pages of the rules have no room for.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/models.h"
#include "verifier/gate/gate.h"

namespace padproof::test {
namespace {

struct Row {
  std::string what;
  std::string nodes;
  bool breaks;
};

std::vector<std::string> texts_of(const std::string& rule, const std::string& nodes, int opset = 17) {
  const Loaded model = load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : {}]>
g (float[1,1,8,8] x, uint8[1,1,8,8] u) => (float[] y) <float[1,1,3,3] w = {{1,2,3,4,5,6,7,8,9}},
  float[1,1,2,2] e = {{1,2,3,4}}, double[1,1,3,3] d = {{1,2,3,4,5,6,7,8,9}},
  int64[8] ones = {{0,0,1,1,0,0,1,1}}, int64[8] nhwc = {{0,1,1,0,0,1,1,0}},
  int64[8] uneven = {{0,0,1,2,0,0,3,4}}, bool yes = {{1}}, bool no = {{0}}, float[2,1,1,1] many = {{1,1}}, int64[0] nodims = {{}},
  float zero = {{0}}, float six = {{6}}, float below = {{-1}}, double dzero = {{0}},
  uint8 uzero = {{0}}, uint8 uten = {{10}}, float scale = {{0.5}}> {{ {} }})",
                                             opset, nodes));
  std::vector<std::string> texts;
  for (const verifier::Finding& finding : verifier::check_text(model.model))
    if (finding.rule == rule) texts.push_back(finding.text);
  for (const verifier::Finding& finding : verifier::check_rules(*model.facts, {}))
    if (finding.rule == rule) texts.push_back(finding.text);
  return texts;
}

std::string only_text(const std::string& rule, const std::string& nodes, int opset = 17) {
  const auto texts = texts_of(rule, nodes, opset);
  REQUIRE(texts.size() == 1);
  return texts[0];
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("zeros in front of a maximum are found however the number is written") {
  const Row rows[] = {
      {"left out", "p = Pad(x, ones)", true},
      {"of a Constant", "v = Constant<value_float=0.0>() p = Pad(x, ones, v)", true},
      {"of a list", "v = Constant<value_floats=[0.0]>() p = Pad(x, ones, v)", true},
      {"of another type", "v = Constant<value_int=0>() c = Cast<to=1>(v) p = Pad(x, ones, c)", true},
      {"of a double", "c = Cast<to=1>(dzero) p = Pad(x, ones, c)", true},
      {"of a shape", "v = ConstantOfShape(nodims) p = Pad(x, ones, v)", true},
      {"another number", "v = Constant<value_float=1.0>() p = Pad(x, ones, v)", false},
      {"another number cast", "v = Constant<value_int=1>() c = Cast<to=1>(v) p = Pad(x, ones, c)", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const std::string pool = " y = MaxPool<kernel_shape=[3,3]>(p)";
    CHECK(texts_of("zero-pad-max-pool", row.nodes + pool).size() == (row.breaks ? 1 : 0));
  }
}

TEST_CASE("zeros in front of a maximum are found behind what optimisers take out") {
  const std::string nhwc = "t = Transpose<perm=[0,2,3,1]>(x) q = Pad(t, nhwc) ";
  const Row rows[] = {
      {"transposed", "q = Pad(x, ones) p = Transpose<perm=[0,1,3,2]>(q)", true},
      {"the channels last", nhwc + "p = Transpose<perm=[0,3,1,2]>(q)", true},
      {"the channels padded", "q = Pad(x, ones) p = Transpose<perm=[0,2,1,3]>(q)", false},
      {"turned twice", nhwc + "r = Transpose<perm=[0,2,1,3]>(q) p = Transpose(r)", false},
      {"turned back", nhwc + "r = Transpose(q) s = Transpose(r) p = Transpose<perm=[0,3,1,2]>(s)", true},
      {"cast to its own type", "q = Pad(x, ones) p = Cast<to=1>(q)", true},
      {"cast to double", "q = Pad(x, ones) p = Cast<to=11>(q)", true},
      {"cast to bytes", "q = Pad(x, ones) p = Cast<to=2>(q)", false},
      {"cast and an Identity", "q = Pad(x, ones) i = Identity(q) p = Cast<to=1>(i)", true},
      {"a Dropout", "q = Pad(x, ones) p = Dropout(q)", true},
      {"a Dropout in inference", "q = Pad(x, ones) p = Dropout(q, scale, no)", true},
      {"a Dropout in training", "q = Pad(x, ones) p = Dropout(q, scale, yes)", false},
      {"0 added", "q = Pad(x, ones) p = Add(zero, q)", true},
      {"something added", "q = Pad(x, ones) p = Add(q, six)", false},
      {"times 1", "one = Constant<value_float=1.0>() q = Pad(x, ones) p = Mul(q, one)", true},
      {"times 1, and larger", "q = Pad(x, ones) p = Mul(q, many)", false},
      {"expanded to itself", "s = Constant<value_ints=[1,1,1,1]>() q = Pad(x, ones) p = Expand(q, s)", true},
      {"reshaped", "s = Constant<value_ints=[1,1,5,20]>() q = Pad(x, ones) p = Reshape(q, s)", false},
      {"a Concat of one", "q = Pad(x, ones) p = Concat<axis=1>(q)", true},
      {"a Concat of two", "q = Pad(x, ones) p = Concat<axis=1>(q, q)", false},
      {"a Neg", "q = Pad(x, ones) p = Neg(q)", false},
      {"behind a Relu", "r = Relu(x) q = Pad(r, ones) p = Cast<to=1>(q)", false},
      {"a Pad on either side", "q = Pad(x, ones, below) t = Cast<to=1>(q) p = Pad(t, ones, six)", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const std::string pool = " m = MaxPool<kernel_shape=[1,1]>(p) y = Cast<to=1>(m)";
    CHECK(texts_of("zero-pad-max-pool", row.nodes + pool).size() == (row.breaks ? 1 : 0));
  }
  CHECK(contains(only_text("zero-pad-max-pool",
                           "q = Pad(x, uneven) p = Transpose<perm=[0,1,3,2]>(q) "
                           "y = MaxPool<kernel_shape=[3,3]>(p)"),
                 "zeros (2,1,4,3)"));
}

TEST_CASE("zeros are no harm where nothing is below them") {
  const Row rows[] = {
      {"anything", "a = Identity(x)", true},
      {"a Relu", "a = Relu(x)", false},
      {"a sum of Relus", "r = Relu(x) s = Sigmoid(x) a = Add(r, s)", false},
      {"a sum with something else", "r = Relu(x) a = Add(r, x)", true},
      {"a concatenation", "r = Relu(x) s = Abs(x) a = Concat<axis=1>(r, s)", false},
      {"a concatenation with something else", "r = Relu(x) a = Concat<axis=1>(r, x)", true},
      {"the greater of zero", "a = Max(x, zero)", false},
      {"the greater of less", "a = Max(x, below)", true},
      {"the smaller of two", "r = Relu(x) a = Min(r, six)", false},
      {"clipped", "a = Clip(x, zero, six)", false},
      {"clipped below", "a = Clip(x, below, six)", true},
      {"clipped as double", "c = Cast<to=11>(x) k = Clip(c, dzero) a = Cast<to=1>(k)", false},
      {"clipped as float16", "c = Cast<to=10>(x) h = Cast<to=10>(zero) k = Clip(c, h) a = Cast<to=1>(k)",
       false},
      {"dropped", "r = Relu(x) a = Dropout(r)", false},
      {"bytes", "a = Cast<to=1>(u)", false},
      {"bytes dequantized", "a = DequantizeLinear(u, scale, uzero)", false},
      {"bytes around ten", "a = DequantizeLinear(u, scale, uten)", true},
      {"a product of Relus", "r = Relu(x) a = Mul(r, six)", false},
      {"a product with less", "r = Relu(x) a = Mul(r, below)", true},
      {"whole numbers that wrap around", "i = Cast<to=3>(u) j = Abs(i) a = Cast<to=1>(j)", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const std::string pool = " p = Pad(a, ones) y = MaxPool<kernel_shape=[3,3]>(p)";
    CHECK(texts_of("zero-pad-max-pool", row.nodes + pool).size() == (row.breaks ? 1 : 0));
  }
}

TEST_CASE("pads that are as large as a pool's kernel matter where they are written") {
  const std::string dilated = "y = MaxPool<kernel_shape=[2,2], dilations=[4,4], ";
  CHECK(texts_of("pool-pads-reach-kernel", dilated + "pads=[2,2,2,2]>(x)").size() == 1);
  CHECK(texts_of("pool-pads-reach-kernel", dilated + "auto_pad=\"SAME_UPPER\">(x)").empty());
  CHECK(contains(only_text("implicit-padding", dilated + "auto_pad=\"SAME_UPPER\">(x)"),
                 "put a Pad node in front"));
  CHECK(!contains(
      only_text("implicit-padding", "y = MaxPool<kernel_shape=[3,3], auto_pad=\"SAME_UPPER\">(x)"), ";"));
}

TEST_CASE("where convert refuses it is not what is advised") {
  const std::string beyond = "y = ConvTranspose<strides=[2,2], output_shape=[20,20]>(x, w)";
  CHECK(contains(only_text("implicit-padding", beyond), "state pads and output_padding"));
  const std::string odd = "y = ConvTranspose<strides=[2,2], auto_pad=\"SAME_UPPER\">(x, w)";
  CHECK(contains(only_text("implicit-padding", odd, 10), "export with opset 11"));
  CHECK(!contains(only_text("implicit-padding", odd), ";"));
}

TEST_CASE("a split that output_shape asks for is told of without a mode that is not there") {
  const std::string text =
      only_text("transposed-split", "y = ConvTranspose<strides=[2,2], output_shape=[16,16]>(x, w)");
  CHECK(text == "output_shape=16,16, kernel 3x3, strides 2x2");
}

TEST_CASE("weights that are not finite are found behind what carries them, and where padding is multiplied") {
  // The text form cannot write Inf: the largest float stands for it.
  const auto breaks = [](const std::string& weights, const std::string& layer) {
    std::string bytes = model_bytes(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,8,8] x) => (float[] y) <float[1,1,1,2] w = {3.4028235e38, 1}, float s = {3.4028235e38},
  float[1,1,1,2] f = {1, 2}, int8[1,1,1,2] i = {1, 2}, int64[0] none = {}> { )" +
                                    weights + " y = " + layer + " }");
    const std::string largest = "\xff\xff\x7f\x7f";
    for (std::size_t at = bytes.find(largest); at != std::string::npos; at = bytes.find(largest, at))
      bytes.replace(at, 4, std::string("\0\0\x80\x7f", 4));
    const Loaded model = load(rope_of(bytes));
    const auto findings = verifier::check_rules(*model.facts, {});
    return std::any_of(findings.begin(), findings.end(),
                       [](const verifier::Finding& finding) { return finding.rule == "non-finite-weights"; });
  };
  const std::string padded = "Conv<pads=[0,1,0,0]>(x, v)";
  CHECK(breaks("v = Identity(w)", padded));
  CHECK(breaks("c = Cast<to=11>(w) v = Cast<to=1>(c)", padded));
  CHECK(breaks("v = DequantizeLinear(i, s)", padded));
  CHECK(breaks("t = Transpose<perm=[1,0,2,3]>(w) v = Unsqueeze(t, none)", padded));
  CHECK(breaks("v = Mul(w, f)", padded));
  CHECK(breaks("m = Mul(f, s) v = Add(f, m)", padded));
  CHECK(breaks("n = Neg(w) m = Sub(f, n) v = Div(m, f)", padded));
  CHECK_FALSE(breaks("v = Div(f, s)", padded));
  CHECK_FALSE(breaks("v = Identity(w)", "Conv(x, v)"));
  CHECK_FALSE(breaks("v = Identity(w)", "ConvTranspose<pads=[0,1,0,0]>(x, v)"));
}

TEST_CASE("pads below zero hide no other finding") {
  const std::string nodes =
      "a = MaxPool<kernel_shape=[2,2], pads=[-1,0,0,0]>(x) "
      "y = Conv<auto_pad=\"SAME_UPPER\">(a, w)";
  CHECK(only_text("negative-pads", nodes) == "pads=-1,0,0,0");
  CHECK(texts_of("implicit-padding", nodes).size() == 1);
}

}  // namespace padproof::test
