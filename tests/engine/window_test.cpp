// SPDX-License-Identifier: Apache-2.0
// What a sliding-window node means: rows of attributes and the numbers that the definition gives.
#include "verifier/window.h"

#include <doctest/doctest.h>

#include "tests/engine/one_node.h"

namespace padproof::verifier {
namespace {

using Ints = std::vector<std::int64_t>;
using testing::OneNode;

model::Result<Window> resolve(const OneNode& node, std::int64_t opset, const Dims& data,
                              const Dims* weights = nullptr) {
  return resolve_window(node.node(), model::Attributes(node.node()), opset, data, weights);
}

struct SameRow {
  const char* mode;
  std::int64_t in, kernel, stride, dilation;
  std::int64_t pad_begin, pad_end, out;
};

TEST_CASE("SAME") {
  const std::vector<SameRow> rows = {
      {"SAME_UPPER", 224, 7, 2, 1, 2, 3, 112}, {"SAME_LOWER", 224, 7, 2, 1, 3, 2, 112},
      {"SAME_UPPER", 225, 7, 2, 1, 3, 3, 113}, {"SAME_UPPER", 112, 3, 2, 1, 0, 1, 56},
      {"SAME_LOWER", 112, 3, 2, 1, 1, 0, 56},  {"SAME_UPPER", 56, 3, 1, 1, 1, 1, 56},
      {"SAME_UPPER", 56, 2, 1, 1, 0, 1, 56},   {"SAME_UPPER", 8, 3, 1, 2, 2, 2, 8},
      {"SAME_UPPER", 8, 1, 4, 1, 0, 0, 2},     {"SAME_UPPER", 9, 1, 4, 1, 0, 0, 3},
      {"SAME_UPPER", 1, 3, 2, 1, 1, 1, 1},     {"SAME_UPPER", 3, 2, 1, 4, 2, 2, 3},
  };
  for (const SameRow& row : rows) {
    OneNode node("MaxPool", 12);
    node.with("auto_pad", std::string_view(row.mode)).with("kernel_shape", Ints{row.kernel});
    node.with("strides", Ints{row.stride}).with("dilations", Ints{row.dilation});
    const auto window = resolve(node, 12, {1, 1, row.in});
    REQUIRE_MESSAGE(window.has_value(), to_string(window.error()));
    CHECK(window->axes[0] ==
          WindowAxis{row.in, row.kernel, row.stride, row.dilation, row.pad_begin, row.pad_end, row.out});
  }
}

TEST_CASE("ceil_mode") {
  struct Row {
    std::int64_t in, kernel, stride, pad_begin, pad_end, ceil_mode, out;
  };
  for (const Row& row : {Row{6, 3, 2, 0, 0, 0, 2}, Row{6, 3, 2, 0, 0, 1, 3}, Row{5, 3, 2, 0, 0, 1, 2},
                         // The last window would start in the end pad and is dropped.
                         Row{2, 3, 3, 1, 1, 1, 1}, Row{2, 1, 2, 0, 1, 1, 1}, Row{2, 3, 2, 0, 0, 1, 1}}) {
    OneNode node("MaxPool", 12);
    node.with("kernel_shape", Ints{row.kernel}).with("strides", Ints{row.stride});
    node.with("pads", Ints{row.pad_begin, row.pad_end}).with("ceil_mode", row.ceil_mode);
    const auto window = resolve(node, 12, {1, 1, row.in});
    REQUIRE_MESSAGE(window.has_value(), to_string(window.error()));
    CHECK(window->axes[0].out == row.out);
  }
}

TEST_CASE("VALID with ceil_mode is explicit zero pads with ceil_mode; SAME ignores ceil_mode") {
  const auto out = [](std::string_view mode) {
    OneNode node("MaxPool", 12);
    node.with("kernel_shape", Ints{3})
        .with("strides", Ints{2})
        .with("ceil_mode", std::int64_t{1})
        .with("auto_pad", mode);
    return resolve(node, 12, {1, 1, 6})->axes[0].out;
  };
  CHECK(out("VALID") == 3);
  CHECK(out("SAME_UPPER") == 3);
  OneNode stretched("MaxPool", 12);
  stretched.with("kernel_shape", Ints{1}).with("strides", Ints{4}).with("ceil_mode", std::int64_t{1});
  stretched.with("auto_pad", std::string_view("SAME_UPPER"));
  CHECK(resolve(stretched, 12, {1, 1, 8})->axes[0].out == 2);
}

TEST_CASE("taps that count for an average") {
  // Input 4, pads 1 and 1, kernel 3, stride 3, ceil: windows at -1 and 2; the second overhangs the end pad by
  // nothing.
  const WindowAxis padded{4, 3, 3, 1, 1, 1, 2};
  CHECK(counted_taps(padded, 0, false) == 2);
  CHECK(counted_taps(padded, 0, true) == 3);
  CHECK(counted_taps(padded, 1, false) == 2);
  CHECK(counted_taps(padded, 1, true) == 3);
  const WindowAxis overhanging{4, 3, 2, 1, 0, 0, 2};
  CHECK(counted_taps(overhanging, 1, true) == 2);
  for (std::int64_t o = 0; o < 2; ++o) {
    std::int64_t inside = 0;
    for (std::int64_t t = 0; t < 3; ++t) inside += position(overhanging, o, t).has_value() ? 1 : 0;
    CHECK(taps_inside(overhanging, o).size() == inside);
  }
}

TEST_CASE("transposed convolution") {
  const Dims data{1, 2, 3};
  const Dims weights{2, 5, 3};
  const auto axis = [&](OneNode& node, std::int64_t opset = 11) {
    return resolve(node, opset, data, &weights);
  };
  OneNode plain("ConvTranspose", 11);
  CHECK(axis(plain)->axes[0].out == 5);
  OneNode same("ConvTranspose", 11);
  same.with("strides", Ints{2}).with("auto_pad", std::string_view("SAME_UPPER"));
  CHECK(axis(same)->axes[0] == WindowAxis{3, 3, 2, 1, 0, 1, 6});
  OneNode lower("ConvTranspose", 11);
  lower.with("strides", Ints{2})
      .with("auto_pad", std::string_view("SAME_LOWER"))
      .with("output_padding", Ints{1});
  CHECK(axis(lower)->axes[0] == WindowAxis{3, 3, 2, 1, 1, 1, 6});
  OneNode shaped("ConvTranspose", 11);
  shaped.with("strides", Ints{2}).with("output_shape", Ints{6});
  CHECK(axis(shaped)->axes[0] == WindowAxis{3, 3, 2, 1, 1, 0, 6});
  CHECK(axis(shaped, 1).error().code == "reversed-split");
  OneNode grown("ConvTranspose", 11);
  grown.with("strides", Ints{2}).with("output_shape", Ints{8});
  CHECK(axis(grown)->axes[0] == WindowAxis{3, 3, 2, 1, 0, -1, 8});
  OneNode grown_by_two("ConvTranspose", 11);
  grown_by_two.with("strides", Ints{2}).with("output_shape", Ints{9});
  CHECK(axis(grown_by_two)->axes[0] == WindowAxis{3, 3, 2, 1, -1, -1, 9});
  OneNode narrow("ConvTranspose", 11);
  narrow.with("strides", Ints{4}).with("auto_pad", std::string_view("SAME_UPPER"));
  CHECK(axis(narrow).error().code == "negative-total-pad");
}

TEST_CASE("what is refused, and how") {
  using model::Fault;
  struct Row {
    OneNode node;
    std::int64_t opset;
    Fault fault;
    const char* code;
  };
  const auto pool = [](std::string_view op = "MaxPool") {
    return OneNode(op, 12).with("kernel_shape", Ints{3});
  };
  const std::vector<Row> rows = {
      {OneNode("MaxPool", 12), 12, Fault::kMalformed, "missing-attribute"},
      {OneNode("MaxPool", 12).with("kernel_shape", Ints{3, 3}), 12, Fault::kMalformed, "attribute-length"},
      {OneNode("MaxPool", 12).with("kernel_shape", Ints{0}), 12, Fault::kMalformed, "window-number"},
      {OneNode("MaxPool", 12).with("kernel_shape", std::int64_t{3}), 12, Fault::kMalformed, "attribute-kind"},
      {pool().with("strides", Ints{0}), 12, Fault::kMalformed, "window-number"},
      {pool().with("strides", Ints{INT64_MAX}), 12, Fault::kUnsupported, "window-number-too-large"},
      {pool().with("dilations", Ints{-1}), 12, Fault::kMalformed, "window-number"},
      {pool().with("dilations", Ints{2}), 9, Fault::kMalformed, "attribute-not-in-version"},
      {pool("AveragePool").with("dilations", Ints{1}), 18, Fault::kMalformed, "attribute-not-in-version"},
      {pool("LpPool").with("ceil_mode", std::int64_t{1}), 17, Fault::kMalformed, "attribute-not-in-version"},
      {pool().with("pads", Ints{1, -1}), 12, Fault::kMalformed, "window-number"},
      {pool().with("pads", Ints{1}), 12, Fault::kMalformed, "attribute-length"},
      {pool().with("auto_pad", std::string_view("SAME")), 12, Fault::kMalformed, "auto-pad-value"},
      {pool().with("auto_pad", std::string_view("VALID")).with("pads", Ints{1, 1}), 12, Fault::kUnsupported,
       "auto-pad-and-pads"},
      {OneNode("MaxPool", 12).with("kernel_shape", Ints{9}), 12, Fault::kMalformed, "window-does-not-fit"},
      {OneNode("Relu", 12), 12, Fault::kUnsupported, "not-a-window"},
  };
  for (const Row& row : rows) {
    const auto window = resolve(row.node, row.opset, {1, 1, 8});
    REQUIRE_FALSE(window.has_value());
    CHECK(window.error().code == row.code);
    CHECK(window.error().fault == row.fault);
  }
  OneNode agreeing = pool();
  agreeing.with("auto_pad", std::string_view("SAME_UPPER")).with("pads", Ints{1, 1});
  CHECK(resolve(agreeing, 12, {1, 1, 8}).has_value());
}

TEST_CASE("weights must fit data and group") {
  const Dims data{1, 4, 8};
  const auto code = [&](OneNode node, const Dims& weights) {
    const auto window = resolve(node, 11, data, &weights);
    return window.has_value() ? std::string() : window.error().code;
  };
  CHECK(code(OneNode("Conv", 11), {6, 4, 3}).empty());
  CHECK(code(OneNode("Conv", 11), {6, 3, 3}) == "weight-channels");
  CHECK(code(OneNode("Conv", 11), {6, 4, 3, 3}) == "weight-rank");
  CHECK(code(OneNode("Conv", 11).with("group", std::int64_t{2}), {6, 2, 3}).empty());
  CHECK(code(OneNode("Conv", 11).with("group", std::int64_t{2}), {5, 2, 3}) == "group-channels");
  CHECK(code(OneNode("Conv", 11).with("group", std::int64_t{3}), {6, 1, 3}) == "group-channels");
  CHECK(code(OneNode("Conv", 11).with("group", std::int64_t{0}), {6, 4, 3}) == "attribute-range");
  CHECK(code(OneNode("Conv", 11).with("kernel_shape", Ints{5}), {6, 4, 3}) == "kernel-shape-weights");
  CHECK(code(OneNode("ConvTranspose", 11), {4, 6, 3}).empty());
  CHECK(code(OneNode("ConvTranspose", 11), {3, 6, 3}) == "weight-channels");
}

}  // namespace
}  // namespace padproof::verifier
