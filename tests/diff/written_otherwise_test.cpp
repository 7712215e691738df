// SPDX-License-Identifier: Apache-2.0
// One function in the ways that exporters write it, and what is said where it is another function.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/models.h"
#include "verifier/diff/numbers.h"

namespace padproof::test {
namespace {

using verifier::LayerDifference;
using verifier::PaddingDiff;
using verifier::Status;

std::string numbers(int count) {
  std::string text = "0.5";
  for (int i = 1; i < count; ++i) text += fmt::format(", {}", 0.25 * (i * 7 % 11) - 1);
  return text;
}

/// Layers of 2 channels over an image, its transpose and a line.
Loaded graph(const std::string& nodes) {
  return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,12,12] x, float[1,12,12,2] t, float[1,2,12] v) => (float[] y) <float[2,2,3,3] w = {{{}}},
  float[2,2,3] line = {{{}}}, float[2,2,1,3] row = {{{}}}, float[2,2,3,1] column = {{{}}}, float[2,2,2,2] small = {{{}}},
  float[2] b = {{0.5, -2}}, float[2,1,1] bias = {{0.5, -2}}, float[2,1,1] scale = {{2, 0.5}}, float[1,2,1,1] other = {{1, 3}},
  float[2] g = {{2, 3}}, float[2] m = {{0.25, -1}}, float[2] s = {{4, 9}}, int64[1] two = {{2}}, int64[1] three = {{3}},
  int64[8] ones = {{0,0,1,1,0,0,1,1}}, int64[8] last = {{0,1,1,0,0,1,1,0}}, int64[8] uneven = {{0,2,1,0,0,0,1,0}},
  int64[8] twos = {{0,0,2,2,0,0,2,2}}, int64[8] ends = {{0,0,0,0,0,0,1,1}}, int64[6] ends_of_line = {{0,0,2,0,0,1}}, int64[8] ends_of_row = {{0,0,0,2,0,0,0,1}},
  float step = {{0.25}}, int8 zero = {{0}}, float five = {{5}}, float naught = {{0}}, float below = {{-3.4e38}}> {{ {} }})",
                               numbers(36), numbers(12), numbers(12), numbers(12), numbers(16), nodes));
}

/// `same`, `different (strides differ)`, ... for each layer.
std::string text_of(const PaddingDiff& diff) {
  std::string text;
  for (const LayerDifference& layer : diff.layers) {
    text += text.empty() ? "" : "; ";
    text += layer.status == Status::kProved    ? "same"
            : layer.status == Status::kRefuted ? "different"
                                               : "unknown";
    if (!layer.reason.empty()) text += " (" + layer.reason + ")";
  }
  return text;
}

struct Row {
  std::string name, source, target, expected;
};

void check(const Row& row) {
  for (const bool swapped : {false, true}) {
    CAPTURE(row.name);
    CAPTURE(swapped);
    const Loaded source = graph(swapped ? row.target : row.source);
    const Loaded target = graph(swapped ? row.source : row.target);
    const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
    CHECK(text_of(diff) == row.expected);
    if (diff.status != Status::kProved) continue;
    const auto run = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
    CHECK(run.reason.empty());
    CHECK_FALSE(verifier::contradicts(diff, run));
  }
}

const std::string kOpenPads =
    "unknown (Pad nodes in front that are no padding of this window, and not the same)";

}  // namespace

TEST_CASE("a convolution along a line is one over an image of one row or column") {
  const std::string up = "u = Unsqueeze(v, two) ";
  const std::string up_last = "u = Unsqueeze(v, three) ";
  const Row rows[] = {
      {"the same", up + "c = Conv<pads=[0,1,0,1]>(u, row) y = Squeeze(c, two)",
       "y = Conv<pads=[1,1]>(v, line)", "same"},
      {"a column", up_last + "c = Conv<pads=[1,0,1,0]>(u, column) y = Squeeze(c, three)",
       "y = Conv<auto_pad=\"SAME_UPPER\">(v, line)", "same"},
      {"a row and a column", up + "c = Conv<pads=[0,1,0,1]>(u, row) y = Squeeze(c, two)",
       up_last + "c = Conv<pads=[1,0,1,0]>(u, column) y = Squeeze(c, three)", "same"},
      {"a Pad along the line",
       "p = Pad(v, ends_of_line) " +
           std::string("u = Unsqueeze(p, two) c = Conv(u, row) y = Squeeze(c, two)"),
       "y = Conv<pads=[2,1]>(v, line)", "same"},
      {"a Pad along the row", up + "p = Pad(u, ends_of_row) q = Squeeze(p, two) y = Conv(q, line)",
       "y = Conv<pads=[2,1]>(v, line)", "same"},
      {"a Pad along the row, one cell further",
       up + "p = Pad(u, ends_of_row) q = Squeeze(p, two) y = Conv(q, line)", "y = Conv<pads=[1,2]>(v, line)",
       "different (pads differ)"},
      {"a Pad of another number along the line",
       "p = Pad(v, ends_of_line, five) u = Unsqueeze(p, two) c = Conv(u, row) y = Squeeze(c, two)",
       "p = Pad(v, ends_of_line, five) u = Unsqueeze(p, three) c = Conv(u, column) y = Squeeze(c, three)",
       "same"},
      {"a stride where there is one cell", up + "c = Conv<strides=[2,1]>(u, row) y = Squeeze(c, two)",
       up + "c = Conv<strides=[1,1]>(u, row) y = Squeeze(c, two)", "same"},
      {"another dilation", up + "c = Conv<pads=[0,1,0,1]>(u, row) y = Squeeze(c, two)",
       "y = Conv<pads=[2,2], dilations=[2]>(v, line)", "different (dilations differ)"},
      {"another stride", up + "c = Conv<pads=[0,0,0,1], strides=[1,2]>(u, row) y = Squeeze(c, two)",
       "y = Conv<pads=[1,1]>(v, line)", "different (strides differ)"},
      {"another kernel", up + "c = MaxPool<kernel_shape=[1,3], pads=[0,1,0,1]>(u) y = Squeeze(c, two)",
       "y = MaxPool<kernel_shape=[5], pads=[2,2]>(v)", "different (kernels differ)"},
      {"a stride along the row itself is none",
       up + "c = Conv<pads=[0,0,0,1], strides=[2,2]>(u, row) y = Squeeze(c, two)",
       "y = Conv<pads=[0,1], strides=[2]>(v, line)", "same"},
      {"one cell further", up + "c = Conv<pads=[0,0,0,1], strides=[1,2]>(u, row) y = Squeeze(c, two)",
       "y = Conv<pads=[1,0], strides=[2]>(v, line)", "different (pads differ)"},
      {"one cell further at other extents",
       up + "a = MaxPool<kernel_shape=[1,2]>(u) c = Conv<pads=[0,1,0,1], strides=[1,2]>(a, row) y = "
            "Squeeze(c, two)",
       "a = MaxPool<kernel_shape=[2], pads=[0,1]>(v) y = Conv<pads=[0,1], strides=[2]>(a, line)",
       "different (pads differ); different (pads differ, and so do the extents of the data)"},
      {"an image of more rows", "c = Conv<pads=[0,1,0,1]>(x, row) y = ReduceMean<axes=[2]>(c)",
       "y = Conv<pads=[1,1]>(v, line)",
       "unknown (the data has another rank, and more than axes of one cell)"},
      {"a transposed convolution", up + "c = ConvTranspose<strides=[1,2]>(u, row) y = Squeeze(c, two)",
       "y = ConvTranspose<strides=[2], pads=[0,1]>(v, line)", "different (pads differ)"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("a Pad is padding behind what moves axes or changes nothing") {
  const std::string first = "u = Transpose<perm=[0,3,1,2]>(t) ";
  const std::string padded = "p = Pad(t, last) u = Transpose<perm=[0,3,1,2]>(p) ";
  const Row rows[] = {
      {"channels last", padded + "y = Conv<strides=[2,2]>(u, w)",
       first + "y = Conv<strides=[2,2], pads=[1,1,1,1]>(u, w)", "same"},
      {"one cell further", padded + "y = Conv<strides=[2,2]>(u, w)",
       first + "y = Conv<strides=[2,2], pads=[0,0,1,1]>(u, w)", "different (pads differ)"},
      {"rows and columns are told apart",
       "p = Pad(t, uneven) u = Transpose<perm=[0,3,1,2]>(p) y = Conv(u, w)",
       first + "y = Conv<pads=[2,1,0,1]>(u, w)", "same"},
      {"and turned", "p = Pad(t, uneven) u = Transpose<perm=[0,3,2,1]>(p) y = Conv(u, w)",
       "u = Transpose<perm=[0,3,2,1]>(t) y = Conv<pads=[1,2,1,0]>(u, w)", "same"},
      {"and not turned", "p = Pad(t, uneven) u = Transpose<perm=[0,3,2,1]>(p) y = Conv(u, w)",
       "u = Transpose<perm=[0,3,2,1]>(t) y = Conv<pads=[2,1,0,1]>(u, w)", "different (pads differ)"},
      {"there and back, with a Pad each",
       "p = Pad(x, ones) u = Transpose<perm=[0,2,3,1]>(p) q = Pad(u, last) z = Transpose<perm=[0,3,1,2]>(q) "
       "y = "
       "Conv(z, w)",
       "y = Conv<pads=[2,2,2,2]>(x, w)", "same"},
      {"a Pad of channels is none",
       "p = Pad(t, ones) u = Transpose<perm=[0,3,1,2]>(p) y = MaxPool<kernel_shape=[3,3]>(u)",
       first + "y = MaxPool<kernel_shape=[3,3], pads=[1,1,1,1]>(u)", kOpenPads},
      {"a Cast to the same type", "p = Pad(x, ones) c = Cast<to=1>(p) y = Conv(c, w)",
       "y = Conv<pads=[1,1,1,1]>(x, w)", "same"},
      {"Dropout", "p = Pad(x, ones) c = Dropout(p) y = Conv(c, w)", "y = Conv<pads=[1,1,1,1]>(x, w)", "same"},
      {"zeros are quantised to zeros",
       "p = Pad(x, ones) q = QuantizeLinear(p, step, zero) d = DequantizeLinear(q, step, zero) y = Conv(d, "
       "w)",
       "q = QuantizeLinear(x, step, zero) d = DequantizeLinear(q, step, zero) y = Conv<pads=[1,1,1,1]>(d, w)",
       "same"},
      {"fives are not",
       "p = Pad(x, ones, five) q = QuantizeLinear(p, step, zero) d = DequantizeLinear(q, step, zero) y = "
       "Conv(d, w)",
       "q = QuantizeLinear(x, step, zero) d = DequantizeLinear(q, step, zero) y = Conv<pads=[1,1,1,1]>(d, w)",
       kOpenPads},
      {"zeros before a maximum are no padding", padded + "y = MaxPool<kernel_shape=[3,3]>(u)",
       "p = Pad(t, last, below) u = Transpose<perm=[0,3,1,2]>(p) y = MaxPool<kernel_shape=[3,3]>(u)",
       "different"},
  };
  for (const Row& row : rows) {
    if (row.expected != "different") {
      check(row);
      continue;
    }
    const Loaded source = graph(row.source);
    const Loaded target = graph(row.target);
    CHECK(verifier::diff_padding(*source.facts, *target.facts).status == Status::kRefuted);
  }
}

TEST_CASE("what a Pad writes that is not folded in belongs to it, and so do its axes") {
  const Row rows[] = {
      {"another number", "p = Pad(x, ones, five) r = Relu(p) y = Conv(r, w)",
       "p = Pad(x, ones) r = Relu(p) y = Conv(r, w)", kOpenPads},
      {"the same number", "p = Pad(x, ones, five) r = Relu(p) y = Conv(r, w)",
       "q = Pad(x, ones, five) r = Relu(q) y = Conv(r, w)", "same"},
      {"zero by name", "p = Pad(x, ones, naught) r = Relu(p) y = Conv(r, w)",
       "q = Pad(x, ones) r = Relu(q) y = Conv(r, w)", "same"},
      {"a number that is computed", "f = ReduceMax<keepdims=0>(x) p = Pad(x, ones, f) y = Conv(p, w)",
       "f = ReduceMax<keepdims=0>(x) p = Pad(x, ones, f) y = Conv(p, w)", kOpenPads},
      {"Pads inside of each other", "p = Pad(x, ones) q = Pad(p, twos, five) y = Conv(q, w)",
       "p = Pad(x, twos) q = Pad(p, ones, five) y = Conv(q, w)",
       "unknown (Pad nodes write what their windows do not take for padding, over other cells)"},
      {"two Pads of one number are one", "p = Pad(x, ones, five) q = Pad(p, ones, five) y = Conv(q, w)",
       "p = Pad(x, twos, five) y = Conv(p, w)", "same"},
      {"zeros around them are padding", "p = Pad(x, ones, five) q = Pad(p, ones) y = Conv(q, w)",
       "p = Pad(x, ones, five) y = Conv<pads=[1,1,1,1]>(p, w)", "same"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("axes that a Pad names belong to its amounts") {
  const auto model = [](const std::string& nodes) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 19]>
g (float[1,2,12,12] x) => (float[] y) <float[2,2,3,3] w = {{{}}}, int64[8] rows = {{0,0,1,0,0,0,1,0}},
  int64[2] both = {{1,1}}, int64[1] two = {{2}}, int64[1] three = {{-1}}> {{ {} }})",
                                 numbers(36), nodes));
  };
  const auto status = [&](const std::string& mine, const std::string& theirs) {
    const Loaded source = model(mine);
    const Loaded target = model(theirs);
    return verifier::diff_padding(*source.facts, *target.facts).status;
  };
  const std::string rows = "p = Pad<mode=\"reflect\">(x, both, , two) y = Conv(p, w)";
  CHECK(status(rows, "p = Pad<mode=\"reflect\">(x, rows) y = Conv(p, w)") == Status::kProved);
  CHECK(status(rows, "p = Pad<mode=\"reflect\">(x, both, , three) y = Conv(p, w)") == Status::kUnknown);
}

TEST_CASE("behind Pads that are not folded in no numbers are shown as if they were known") {
  const Loaded source = graph("p = Pad<mode=\"reflect\">(x, ones) y = Conv(p, w)");
  const Loaded target = graph("y = Conv<pads=[1,1,1,1]>(x, w)");
  const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
  REQUIRE(diff.layers.size() == 1);
  const LayerDifference& layer = diff.layers[0];
  CHECK(layer.status == Status::kUnknown);
  CHECK(layer.shift.empty());
  CHECK(layer.source.pads.empty());
  CHECK(layer.source.conventions.empty());
  CHECK(layer.target.pads == std::vector<std::int64_t>{1, 1, 1, 1});
  const PaddingDiff same = verifier::diff_padding(*source.facts, *source.facts);
  CHECK(same.status == Status::kProved);
  CHECK(same.layers.at(0).source.conventions.empty());
}

TEST_CASE("behind a layer that changes extents a layer is judged by what it says itself") {
  const std::string wide = "a = Conv<pads=[0,0,1,1]>(x, small) ";
  const std::string narrow = "a = Conv(x, small) ";
  const std::string first = "different (pads differ); ";
  const std::string other = "different (pads differ, and so do the extents of the data)";
  const Row rows[] = {
      {"the same numbers", wide + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)",
       narrow + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)", first + "same"},
      {"a Pad node of the same", wide + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)",
       narrow + "p = Pad(a, ones) y = Conv<strides=[2,2]>(p, w)", first + "same"},
      {"a Pad node of others", wide + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)",
       narrow + "p = Pad(a, ends) y = Conv<strides=[2,2]>(p, w)", first + other},
      {"numbers that both happen to be SAME", wide + "y = Conv<pads=[0,0,1,1], strides=[2,2]>(a, w)",
       narrow + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)", first + other},
      {"SAME, stated and in numbers", wide + "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(a, w)",
       narrow + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)", first + "same"},
      {"SAME, stated, and the numbers it gives here but not there",
       wide + "y = Conv<pads=[1,1,1,1], strides=[2,2]>(a, w)",
       narrow + "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(a, w)", first + "same"},
      {"SAME, stated, and other numbers", wide + "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(a, w)",
       narrow + "y = Conv<pads=[1,1,0,0], strides=[2,2]>(a, w)", first + other},
      {"another way to round", wide + "y = MaxPool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1>(a)",
       narrow + "y = MaxPool<kernel_shape=[3,3], strides=[2,2]>(a)",
       first + "unknown (the extents of the data differ, and so does ceil_mode)"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("an attribute that makes the difference is named") {
  const Row rows[] = {
      {"averages", "y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)",
       "y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad=1>(x)",
       "different (count_include_pad differs)"},
      {"rounding", "y = MaxPool<kernel_shape=[3,3], strides=[2,2]>(x)",
       "y = MaxPool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1>(x)", "different (ceil_mode differs)"},
      {"a dilation of one tap is none", "y = MaxPool<kernel_shape=[1,1], dilations=[2,2]>(x)",
       "y = MaxPool<kernel_shape=[1,1]>(x)", "same"},
  };
  for (const Row& row : rows) check(row);
}

}  // namespace padproof::test
