// SPDX-License-Identifier: Apache-2.0
// Pairs of one or two layers: what is a discrepancy, what is none, and what cannot be said.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/models.h"
#include "verifier/diff/input_layout.h"
#include "verifier/diff/numbers.h"

namespace padproof::test {
namespace {

using verifier::PaddingDiff;
using verifier::Status;

struct Row {
  std::string name;
  std::string source;
  std::string target;
  Status expected;
  bool contradicts = false;  // the run does, where the layers are the same
};

Loaded graph(const std::string& nodes) {
  std::string weights = "1";
  for (int i = 1; i < 36; ++i) weights += fmt::format(", {}", i % 7 - 2);
  return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
g (float[1,2,12,12] x) => (float[] y) <float[2,2,3,3] w = {{{}}},
  int64[8] ones = {{0,0,1,1,0,0,1,1}}, int64[8] none = {{0,0,0,0,0,0,0,0}}, int64[8] begins = {{0,0,2,2,0,0,0,0}},
  int64[8] begin = {{0,0,1,1,0,0,0,0}}, int64[8] cuts = {{0,0,-1,-1,0,0,1,1}},
  float five = {{5}}, float two = {{2}}, float below = {{-1}}, float lowest = {{-3.4028234663852886e38}}> {{ {} }})",
                               weights, nodes));
}

const Row kRows[] = {
    {"a Pad of zeros is padding", "p = Pad(x, ones) y = Conv(p, w)", "y = Conv<pads=[1,1,1,1]>(x, w)",
     Status::kProved},
    {"a Pad of another number is not", "p = Pad(x, ones, five) y = Conv(p, w)",
     "y = Conv<pads=[1,1,1,1]>(x, w)", Status::kRefuted},
    {"nor are two Pads of two numbers", "p = Pad(x, ones, five) y = Conv(p, w)",
     "p = Pad(x, ones, two) y = Conv(p, w)", Status::kRefuted},
    {"two of one number are the same", "p = Pad(x, ones, five) y = Conv(p, w)",
     "q = Pad(x, ones, five) y = Conv(q, w)", Status::kProved},
    {"a maximum does not see zeros where nothing is below",
     "r = Relu(x) p = Pad(r, ones) y = MaxPool<kernel_shape=[3,3]>(p)",
     "r = Relu(x) y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(r)", Status::kProved},
    {"but it sees a number above", "r = Relu(x) p = Pad(r, ones, five) y = MaxPool<kernel_shape=[3,3]>(p)",
     "r = Relu(x) y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(r)", Status::kRefuted},
    {"the lowest float stands for minus infinity",
     "p = Pad(x, ones, lowest) y = MaxPool<kernel_shape=[3,3]>(p)",
     "y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)", Status::kProved},
    {"mirrored cells are no padding", "p = Pad<mode=\"reflect\">(x, ones) y = Conv(p, w)",
     "p = Pad<mode=\"reflect\">(x, begins) y = Conv(p, w)", Status::kUnknown},
    {"the same mirror is the same", "p = Pad<mode=\"edge\">(x, ones) y = Conv(p, w)",
     "q = Pad<mode=\"edge\">(x, ones) y = Conv(q, w)", Status::kProved},
    {"a Pad further up may differ too", "p = Pad(x, ones) r = Relu(p) y = Conv(r, w)",
     "p = Pad(x, begins) r = Relu(p) y = Conv(r, w)", Status::kUnknown},
    {"a Pad that cuts", "p = Pad(x, cuts) y = Conv(p, w)", "p = Pad(x, ones) y = Conv(p, w)",
     Status::kUnknown},
    {"a Pad before a transposed convolution", "p = Pad(x, begin) y = ConvTranspose<pads=[0,0,3,3]>(p, w)",
     "y = ConvTranspose<pads=[1,1,1,1]>(x, w)", Status::kUnknown},
    {"an operator whose padding nobody knows", "y = com.microsoft.SomePool<pads=[1,1,1,1]>(x)",
     "y = com.microsoft.SomePool<pads=[0,0,0,0]>(x)", Status::kUnknown},
    {"another stride is another stride, whatever is in front",
     "p = Pad<mode=\"edge\">(x, ones) y = Conv(p, w)", "p = Pad(x, ones) y = Conv<strides=[2,2]>(p, w)",
     Status::kRefuted},
    {"SAME behind a layer that differs is SAME",
     "a = Conv(x, w) y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad=\"SAME_UPPER\">(a)",
     "a = Conv<pads=[0,0,0,1]>(x, w) y = MaxPool<kernel_shape=[3,3], strides=[2,2], "
     "auto_pad=\"SAME_UPPER\">(a)",
     Status::kRefuted},
    {"what lies between the layers shows when they are run", "c = Conv(x, w) y = Relu(c)",
     "c = Conv(x, w) y = Sigmoid(c)", Status::kProved, true},
    {"and does not where it is the same", "c = Conv(x, w) y = Relu(c)", "d = Conv(x, w) y = Relu(d)",
     Status::kProved, false},
    {"a Pad of nothing writes nothing", "p = Pad(x, none) y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(p)",
     "y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)", Status::kProved},
    {"a transposed convolution with the odd cell at the other end",
     "y = ConvTranspose<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "y = ConvTranspose<auto_pad=\"SAME_LOWER\", strides=[2,2]>(x, w)", Status::kRefuted},
    {"a pool that reads no cell in common along one axis",
     "y = MaxPool<kernel_shape=[3,1], strides=[2,4], pads=[2,0,0,0]>(x)",
     "y = MaxPool<kernel_shape=[3,1], strides=[2,4], pads=[0,0,2,0]>(x)", Status::kRefuted},
    {"zeros here are not zeros there", "p = Pad(x, begin) y = MaxPool<kernel_shape=[3,3], pads=[0,0,1,1]>(p)",
     "p = Pad(x, ones) y = MaxPool<kernel_shape=[3,3]>(p)", Status::kUnknown},
};

}  // namespace

TEST_CASE("small pairs") {
  for (const Row& row : kRows)
    for (const bool swapped : {false, true}) {
      CAPTURE(row.name);
      CAPTURE(swapped);
      const Loaded source = graph(swapped ? row.target : row.source);
      const Loaded target = graph(swapped ? row.source : row.target);
      const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
      CHECK(diff.status == row.expected);
      if (row.expected != Status::kProved) continue;
      const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
      CHECK(verifier::contradicts(diff, numbers) == row.contradicts);
    }
}

TEST_CASE("of two layers behind each other only the one that differs is named") {
  const Loaded source = graph(kRows[14].source);
  const Loaded target = graph(kRows[14].target);
  const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
  REQUIRE(diff.layers.size() == 2);
  CHECK(diff.layers[0].status == Status::kRefuted);
  CHECK(diff.layers[1].status == Status::kProved);
}

TEST_CASE("layers of branches stand for those of the same branch, and of the other one undecided") {
  const auto branches = [](const std::string& then_layer, const std::string& else_layer) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,6,6] x, bool c) => (float[1,1,6,6] y) <float[1,1,3,3] w = {{1,2,3,4,5,6,7,8,9}},
  float[1,1,3,3] v = {{9,7,8,6,-4,5,3,1,2}}> {{
  y = If<then_branch = t () => (float[1,1,6,6] p) {{ p = Conv<{}) }},
         else_branch = e () => (float[1,1,6,6] q) {{ q = Conv<{}) }}>(c) }})",
                                 then_layer, else_layer));
  };
  const std::string same = "auto_pad=\"SAME_UPPER\">(x, ";
  const std::string ones = "pads=[1,1,1,1]>(x, ";
  const std::string twos = "pads=[2,2,0,0]>(x, ";
  struct Row {
    std::string name;
    Loaded source, target;
    Status expected;
  };
  const Row rows[] = {
      {"same", branches(same + "w", same + "v"), branches(ones + "w", ones + "v"), Status::kProved},
      {"the other way round", branches(ones + "w", ones + "v"), branches(ones + "v", ones + "w"),
       Status::kUnknown},
      {"shared weights", branches(same + "w", same + "w"), branches(ones + "w", ones + "w"), Status::kProved},
      {"other pads", branches(same + "w", same + "w"), branches(ones + "w", twos + "w"), Status::kRefuted},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const PaddingDiff diff = verifier::diff_padding(*row.source.facts, *row.target.facts);
    CHECK(diff.status == row.expected);
    CHECK(diff.left_source.empty());
    CHECK(diff.layers.size() == 2);
  }
}

TEST_CASE("a call of a function that hands its pads on is no operator of unknown padding") {
  const Loaded model = load_text(R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[1,1,8,8] x) => (float[] y) { y = local.pool<pads=[1,1,1,1]>(x) }
<domain: "local", opset_import: ["" : 17]>
pool <pads>(p) => (q) { q = MaxPool<kernel_shape=[3,3], pads: ints = @pads>(p) })");
  const PaddingDiff diff = verifier::diff_padding(*model.facts, *model.facts);
  CHECK(diff.status == Status::kProved);
  CHECK(diff.layers.size() == 1);
}

TEST_CASE("where no weights are the same and neither can be run on the other's input nothing is shown") {
  const auto model = [](const std::string& input) {
    return load_text("<ir_version: 8, opset_import: [\"\" : 17]> g (float" + input +
                     " x) => (float[] y) { y = MaxPool<kernel_shape=[2,2]>(x) }");
  };
  const Loaded source = model("[1,1,4,4]");
  for (const char* const input : {"[1,2,4,4]", "[1,1,4,4]"}) {
    const Loaded target = model(input);
    const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
    const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
    CHECK(diff.status == Status::kProved);
    CHECK(verifier::shows_nothing(diff, numbers) == (std::string(input) == "[1,2,4,4]"));
  }
}

TEST_CASE("inputs and outputs of other names are matched by order, after those of the same name") {
  const auto model = [](const std::string& first, const std::string& second, const std::string& order) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,4,4] {0}, float[1,1,4,4] {1}) => (float[] p{0}, float[] p{1}) {{
  p{0} = MaxPool<kernel_shape=[2,2]>({0})
  p{1} = AveragePool<kernel_shape=[2,2]>({1})
}})",
                                 first, second, order));
  };
  const Loaded source = model("a", "b", "");
  const Loaded target = model("x", "b", "");
  const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
  const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
  CHECK(numbers.reason.empty());
  for (const auto& output : numbers.outputs) CHECK_FALSE(output.moves);
}

TEST_CASE("an image with its channels last is the same image with its channels first") {
  std::string weights = "0.1";
  for (int i = 1; i < 54; ++i) weights += fmt::format(", {}", 0.1 * (i % 11) - 0.3);
  const auto model = [&](const std::string& dims, const std::string& nodes) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[{}] x) => (float[] y) <float[2,3,3,3] w = {{{}}}> {{ {} }})",
                                 dims, weights, nodes));
  };
  const Loaded first = model("1,3,9,7", "y = Conv<pads=[1,1,1,1]>(x, w)");
  const std::string moved = "t = Transpose<perm=[0,3,1,2]>(x) y = Conv<pads=[1,1,1,1]>(t, w)";
  for (const char* const dims : {"1,9,7,3", "N,H,W,3", "1,H,W,3"}) {
    const Loaded last = model(dims, moved);
    for (const bool swapped : {false, true}) {
      CAPTURE(dims);
      CAPTURE(swapped);
      const Loaded& source = swapped ? last : first;
      const Loaded& target = swapped ? first : last;
      const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
      const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
      CHECK(numbers.reason.empty());
      CHECK(numbers.moved_inputs == std::vector<std::string>{"x"});
      REQUIRE(numbers.outputs.size() == 1);
      CHECK_FALSE(numbers.outputs.front().moves);
      CHECK(numbers.outputs.front().largest > 0);
    }
  }
}

TEST_CASE("channels are moved only where it is certain") {
  struct Row {
    std::string given, declared, expected;
  };
  const Row rows[] = {
      {"1x3x8x8", "1x3x8x8", "0 1 2 3"},
      {"1x3x8x8", "1x8x8x3", "0 2 3 1"},
      {"1x8x8x3", "1x3x8x8", "0 3 1 2"},
      {"1x3x8x8", "NxHxWxC", "0 1 2 3"},
      {"NxHxWx3", "1x3xHxW", "0 3 1 2"},
      {"NxCxHxW", "1x8x8x3", "0 1 2 3"},
      {"1x3x8x8", "1x4x8x8", ""},
      {"1x3x8x8", "1x8x3x8", "0 3 1 2"},
      {"1x3x8x8", "3x8x8", ""},
      {"1x3x8", "1x8x3", "0 2 1"},
      {"1x3x8x3x8", "Nx8x3xHx3", ""},
      {"1x5x3x5", "NxCx5xW", ""},
      {"3x8", "8x3", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.given);
    CAPTURE(row.declared);
    const auto axes = verifier::axes_for(shape_of(row.given), shape_of(row.declared));
    CHECK((axes ? fmt::format("{}", fmt::join(*axes, " ")) : "") == row.expected);
  }
}

}  // namespace padproof::test
