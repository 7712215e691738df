// SPDX-License-Identifier: Apache-2.0
// Which layers stand for each other where weights, names or order leave it open.
#include "verifier/diff/alignment.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/models.h"

namespace padproof::test {
namespace {

using verifier::Alignment;
using verifier::Match;

/// A graph over `float[1,4,8,8] x` with the initializers and nodes given.
Loaded graph(const std::string& initializers, const std::string& nodes) {
  return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,4,8,8] x) => (float[1,4,8,8] y) <{}> {{ {} }})",
                               initializers, nodes));
}

/// 1x1 weights that mix four channels: `first` and then 1, 2, ... in their places.
std::string weights(const std::string& name, double first) {
  std::string values = fmt::format("{}", first);
  for (int i = 1; i < 16; ++i) values += fmt::format(", {}", i % 5 + 1);
  return fmt::format("float[4,4,1,1] {} = {{{}}}", name, values);
}

/// `a-b weights` for each pair, by the names of their outputs; what is left over with a dash on one side.
std::string text_of(const Loaded& source, const Loaded& target) {
  const auto mine = verifier::layers_of(*source.facts);
  const auto theirs = verifier::layers_of(*target.facts);
  const Alignment alignment = verifier::align(mine, theirs);
  const auto name = [](const verifier::Layer& layer) {
    return std::string(layer.instance->graph->values[layer.node->outputs[0]].name);
  };
  std::vector<std::string> parts;
  for (const auto& pair : alignment.pairs)
    parts.push_back(fmt::format("{}-{} {}", name(mine[pair.source]), name(theirs[pair.target]),
                                verifier::to_string(pair.match)));
  for (const auto layer : alignment.left_source) parts.push_back(name(mine[layer]) + "-");
  for (const auto layer : alignment.left_target) parts.push_back("-" + name(theirs[layer]));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

TEST_CASE("weights that two layers share say nothing, their places do") {
  const Loaded source = graph(weights("w", 9), "a = Conv(x, w) b = Relu(a) y = Conv(b, w)");
  const Loaded target = graph(weights("v", 9), "c = Conv(x, v) y = Conv(c, v)");
  CHECK(text_of(source, target) == "a-c weights, y-y weights");
}

TEST_CASE("other weights are aligned by position, and said to be") {
  const Loaded source = graph(weights("w", 9) + ", " + weights("v", 8), "a = Conv(x, w) y = Conv(a, v)");
  const Loaded target = graph(weights("s", 5) + ", " + weights("t", 6), "b = Conv(x, s) y = Conv(b, t)");
  CHECK(text_of(source, target) == "a-b position, y-y position");
}

TEST_CASE("branches are told apart by their weights, also where they come in another order") {
  const std::string both = weights("w", 9) + ", " + weights("v", 8);
  const Loaded source = graph(both, "a = Conv(x, w) b = Conv(x, v) y = Add(a, b)");
  const Loaded target = graph(both, "c = Conv(x, v) d = Conv(x, w) y = Add(c, d)");
  CHECK(text_of(source, target) == "a-d weights, b-c weights");
}

TEST_CASE("of weights that are the same up to factors those with the same bits belong together") {
  const auto depthwise = [](const std::string& name, int first) {
    return fmt::format("float[4,1,1,1] {} = {{{}, 2, 3, 4}}", name, first);
  };
  const std::string both = depthwise("w", 5) + ", " + depthwise("v", 6);
  const Loaded source = graph(both, "a = Conv<group=4>(x, w) b = Conv<group=4>(x, v) y = Add(a, b)");
  const Loaded target = graph(both, "c = Conv<group=4>(x, v) d = Conv<group=4>(x, w) y = Add(c, d)");
  CHECK(text_of(source, target) == "a-d weights, b-c weights");
  const std::string shared = depthwise("w", 5);
  const Loaded twice = graph(shared, "a = Conv<group=4>(x, w) b = Conv<group=4>(x, w) y = Add(a, b)");
  CHECK(text_of(twice, twice) == "a-, b-, -a, -b");
}

TEST_CASE("towers that share weights are told apart by the inputs they read, by name or in order") {
  const auto towers = [](const std::string& left, const std::string& right, const std::string& nodes) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,4,8,8] {}, float[1,4,8,8] {}) => (float[1,4,8,8] y) <{}, {}> {{ {} }})",
                                 left, right, weights("w", 9), weights("v", 8), nodes));
  };
  const Loaded source =
      towers("l", "r", "a = Conv(l, w) b = Conv(r, w) c = Conv(a, v) d = Conv(b, v) y = Sub(c, d)");
  const std::string swapped = "d = Conv(r, w) b = Conv(d, v) c = Conv(l, w) a = Conv(c, v) y = Sub(a, b)";
  const std::string expected = "a-c weights, b-d weights, c-a weights, d-b weights";
  CHECK(text_of(source, towers("r", "l", swapped)) == expected);
  CHECK(text_of(source, towers("l", "r", swapped)) == expected);
  const std::string renamed = "d = Conv(q, w) b = Conv(d, v) c = Conv(p, w) a = Conv(c, v) y = Sub(a, b)";
  CHECK(text_of(source, towers("p", "q", renamed)) == expected);
  // Both towers read one input.
  const std::string one = "a = Conv(l, w) b = Conv(l, w) y = Sub(a, b)";
  CHECK(text_of(towers("l", "r", one), towers("l", "r", one)) == "a-, b-, -a, -b");
}

TEST_CASE("pools are found by the layers around them") {
  const Loaded source = graph(weights("w", 9),
                              "p = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(x) a = Conv(p, w) "
                              "y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(a)");
  const Loaded target = graph(weights("w", 9),
                              "q = MaxPool<kernel_shape=[3,3], auto_pad=\"SAME_UPPER\">(x) b = Conv(q, w) "
                              "r = Relu(b) y = MaxPool<kernel_shape=[3,3], auto_pad=\"SAME_UPPER\">(r)");
  CHECK(text_of(source, target) == "p-q position, a-b weights, y-y position");
}

TEST_CASE("what has no counterpart is left over, and what is ambiguous too") {
  const std::string pools =
      "p = MaxPool<kernel_shape=[1,1]>(x) q = MaxPool<kernel_shape=[1,1]>(x) y = Add(p, q)";
  CHECK(text_of(graph("", pools), graph("", pools)) == "p-, q-, -p, -q");
  const Loaded one = graph(weights("w", 9), "y = Conv(x, w)");
  const Loaded two = graph(weights("w", 9), "a = Conv(x, w) y = AveragePool<kernel_shape=[1,1]>(a)");
  CHECK(text_of(one, two) == "y-a weights, -y");
}

TEST_CASE("weights are recognised through a transpose and a factor for each channel") {
  const std::string plain = "float[2,3,1,1] w = {1, 2, 3, 4, 5, 6}";
  struct Row {
    std::string initializers;
    std::string nodes;
    std::string expected;
  };
  const Row rows[] = {
      {plain, "y = Conv(x, w)", "y-y weights"},
      // HWIO
      {"float[1,1,3,2] v = {1, 4, 2, 5, 3, 6}", "w = Transpose<perm=[3,2,0,1]>(v) y = Conv(x, w)",
       "y-y weights"},
      {"float[1,1,3,2] v = {1, 4, 2, 5, 3, 7}", "w = Transpose<perm=[3,2,0,1]>(v) y = Conv(x, w)",
       "y-y position"},
      {"float[2,3,1,1] w = {0.5, 1, 1.5, -40, -50, -60}", "y = Conv(x, w)", "y-y scaled-weights"},
      {"float[2,3,1,1] w = {0.5, 1, 1.5, -40, -50, -60.1}", "y = Conv(x, w)", "y-y position"},
      {"float[2,3,1,1] w = {1, 2, 3, 0, 0, 0}", "y = Conv(x, w)", "y-y position"},
  };
  const auto with = [](const std::string& initializers, const std::string& nodes) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,3,8,8] x) => (float[1,2,8,8] y) <{}> {{ {} }})",
                                 initializers, nodes));
  };
  const Loaded source = with(plain, "y = Conv(x, w)");
  for (const Row& row : rows) {
    CAPTURE(row.initializers);
    CHECK(text_of(source, with(row.initializers, row.nodes)) == row.expected);
  }
}

TEST_CASE("layers of subgraphs and functions are aligned too") {
  const std::string text = R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[1,4,8,8] x, bool c) => (float[1,4,8,8] y) <{}> {{
  a = local.block(x, w)
  y = If<then_branch = t () => (float[1,4,8,8] u) {{ u = Conv(a, w) }},
         else_branch = e () => (float[1,4,8,8] v) {{ v = MaxPool<kernel_shape=[1,1]>(a) }}>(c)
}}
<domain: "local", opset_import: ["" : 17]>
block (p, q) => (r) {{ r = Conv(p, q) }})";
  const Loaded source = load_text(fmt::format(fmt::runtime(text), weights("w", 9)));
  const Loaded target = load_text(fmt::format(fmt::runtime(text), weights("w", 7)));
  CHECK(text_of(source, target) == "r-r position, u-u position, v-v position");
}

}  // namespace padproof::test
