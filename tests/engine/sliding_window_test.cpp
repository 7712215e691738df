// SPDX-License-Identifier: Apache-2.0
// Convolutions and pools against the padded array, on integers small enough for every order of summation to
// be exact.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/engine/one_node.h"
#include "tests/engine/padded_array.h"

namespace padproof::verifier {
namespace {

using testing::AxisCase;
using testing::Layer;
using testing::OneNode;
using testing::small_integers;

/// Every padding mode for these axes; explicit pads stay as stated.
std::vector<Layer> with_every_mode(const std::vector<AxisCase>& axes, std::int64_t group) {
  std::vector<Layer> layers;
  for (const char* const mode : {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"}) {
    Layer layer{mode, group, axes};
    if (layer.auto_pad == "VALID")
      for (AxisCase& axis : layer.axes) axis.pad_begin = axis.pad_end = 0;
    if (layer.auto_pad.starts_with("SAME")) fill_same_pads(layer);
    layers.push_back(layer);
  }
  return layers;
}

std::vector<Layer> layers() {
  std::vector<Layer> all;
  const auto add = [&](const std::vector<AxisCase>& axes, std::int64_t group) {
    for (const Layer& layer : with_every_mode(axes, group)) all.push_back(layer);
  };
  for (std::int64_t in = 5; in <= 9; ++in)
    for (std::int64_t kernel = 1; kernel <= 3; ++kernel)
      for (std::int64_t stride = 1; stride <= 4; ++stride)
        for (std::int64_t dilation = 1; dilation <= 2; ++dilation)
          add({{in, kernel, stride, dilation, 1, 2}}, 1);
  add({{7, 3, 2}, {6, 2, 1, 2, 1, 0}}, 1);
  add({{9, 3, 2, 1, 1, 1}, {8, 5, 3, 1, 2, 1}}, 2);
  add({{6, 1, 1}, {5, 1, 1}}, 1);
  add({{6, 3, 1, 1, 1, 1}, {6, 3, 1, 1, 1, 1}}, 4);
  add({{5, 2, 2}, {6, 3, 1, 1, 0, 1}, {7, 2, 1, 2, 1, 1}}, 2);
  return all;
}

OneNode node_of(std::string_view op_type, const Layer& layer, std::int64_t opset) {
  OneNode node(op_type, opset);
  std::vector<std::int64_t> kernels, strides, dilations, pads;
  for (const AxisCase& axis : layer.axes) {
    kernels.push_back(axis.kernel);
    strides.push_back(axis.stride);
    dilations.push_back(axis.dilation);
    pads.push_back(axis.pad_begin);
  }
  for (const AxisCase& axis : layer.axes) pads.push_back(axis.pad_end);
  node.with("kernel_shape", kernels).with("strides", strides).with("dilations", dilations);
  if (layer.auto_pad == "NOTSET")
    node.with("pads", pads);
  else
    node.with("auto_pad", std::string_view(layer.auto_pad));
  return node;
}

Dims dims_of(const Layer& layer, std::int64_t first, std::int64_t second, std::int64_t AxisCase::*extent) {
  Dims dims{first, second};
  for (const AxisCase& axis : layer.axes) dims.push_back(axis.*extent);
  return dims;
}

void check_equal(const model::Result<std::vector<Tensor>>& got, const std::vector<double>& expected) {
  REQUIRE_MESSAGE(got.has_value(), to_string(got.error()));
  const auto values = got->front().data<float>();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) REQUIRE(static_cast<double>(values[i]) == expected[i]);
}

std::string describe(const Layer& layer) {
  std::string text = layer.auto_pad + " group " + std::to_string(layer.group);
  for (const AxisCase& axis : layer.axes)
    text += " [in " + std::to_string(axis.in) + " k " + std::to_string(axis.kernel) + " s " +
            std::to_string(axis.stride) + " d " + std::to_string(axis.dilation) + "]";
  return text;
}

TEST_CASE("convolutions equal the padded array") {
  for (const Layer& layer : layers()) {
    CAPTURE(describe(layer));
    const Tensor data = small_integers(dims_of(layer, 2, 4, &AxisCase::in), 1);
    const Tensor weights = small_integers(dims_of(layer, 8, 4 / layer.group, &AxisCase::kernel), 2);
    OneNode node = node_of("Conv", layer, 11);
    node.with("group", layer.group);
    check_equal(node.run({data, weights}), padded_convolution(layer, data, weights));
  }
}

TEST_CASE("the bias is added to every output of its channel") {
  const Layer layer{"SAME_UPPER", 1, {{5, 3}}};
  const Tensor data = small_integers({1, 2, 5}, 3);
  const Tensor weights = small_integers({2, 2, 3}, 4);
  const Tensor bias = testing::floats({2}, {10, 100});
  const auto without = node_of("Conv", layer, 11).run({data, weights});
  const auto with = node_of("Conv", layer, 11).run({data, weights, bias});
  REQUIRE(without.has_value());
  std::vector<double> expected;
  for (std::size_t i = 0; i < 10; ++i)
    expected.push_back(static_cast<double>(without->front().data<float>()[i]) + (i < 5 ? 10 : 100));
  check_equal(with, expected);
}

TEST_CASE("transposed convolutions equal the padded array") {
  for (std::int64_t stride = 1; stride <= 3; ++stride)
    for (std::int64_t kernel = 3; kernel <= 4; ++kernel)
      for (std::int64_t group = 1; group <= 2; ++group) {
        const Layer layer{
            "NOTSET", group, {{4, kernel, stride, 1, 1, 0}, {3, kernel, stride, 2, 2, 1, stride - 1}}};
        CAPTURE(describe(layer));
        const Tensor data = small_integers({2, 4, 4, 3}, 5);
        const Tensor weights = small_integers({4, 3, kernel, kernel}, 6);
        OneNode node = node_of("ConvTranspose", layer, 11);
        node.with("group", group).with("output_padding", std::vector<std::int64_t>{0, stride - 1});
        check_equal(node.run({data, weights}), padded_transposed_convolution(layer, data, weights));
      }
}

TEST_CASE("transposed convolutions in one and three dimensions") {
  const Layer one{"NOTSET", 1, {{5, 3, 2, 1, 1, 1, 1}}};
  const Tensor line = small_integers({1, 2, 5}, 7);
  const Tensor line_weights = small_integers({2, 3, 3}, 8);
  check_equal(node_of("ConvTranspose", one, 11)
                  .with("output_padding", std::vector<std::int64_t>{1})
                  .run({line, line_weights}),
              padded_transposed_convolution(one, line, line_weights));
  const Layer three{"NOTSET", 1, {{2, 2, 2}, {3, 3, 1, 1, 1, 1}, {4, 2, 3}}};
  const Tensor cube = small_integers({1, 2, 2, 3, 4}, 9);
  const Tensor cube_weights = small_integers({2, 2, 2, 3, 2}, 10);
  check_equal(node_of("ConvTranspose", three, 11).run({cube, cube_weights}),
              padded_transposed_convolution(three, cube, cube_weights));
}

TEST_CASE("maximum pools equal the padded array") {
  for (const Layer& layer : layers()) {
    CAPTURE(describe(layer));
    const Tensor data = small_integers(dims_of(layer, 2, 3, &AxisCase::in), 11);
    check_equal(node_of("MaxPool", layer, 12).run({data}), padded_max_pool(layer, data));
  }
}

TEST_CASE("average pools equal the padded array") {
  for (const Layer& layer : layers())
    for (const bool include : {false, true}) {
      CAPTURE(describe(layer));
      const Tensor data = small_integers(dims_of(layer, 1, 2, &AxisCase::in), 12);
      OneNode node = node_of("AveragePool", layer, 19);
      node.with("count_include_pad", std::int64_t{include});
      const auto expected = padded_average_pool(layer, data, include);
      const auto got = node.run({data});
      const bool has_empty_window =
          std::any_of(expected.begin(), expected.end(), [](double value) { return std::isnan(value); });
      REQUIRE(got.has_value() != has_empty_window);
      if (has_empty_window) {
        REQUIRE(got.error().fault == model::Fault::kUnsupported);
        continue;
      }
      const auto values = got->front().data<float>();
      REQUIRE(values.size() == expected.size());
      for (std::size_t i = 0; i < values.size(); ++i)
        REQUIRE(values[i] == doctest::Approx(expected[i]).epsilon(1e-6));
    }
}

TEST_CASE("integer convolutions pad with the zero point") {
  const Layer layer{"SAME_UPPER", 1, {{5, 3, 2}, {6, 3, 2}}};
  Layer resolved = layer;
  fill_same_pads(resolved);
  Tensor data(model::DataType::kUint8, {1, 2, 5, 6});
  for (std::size_t i = 0; i < 60; ++i)
    data.mutable_data<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 37 % 256);
  Tensor weights(model::DataType::kInt8, {3, 2, 3, 3});
  for (std::size_t i = 0; i < 54; ++i)
    weights.mutable_data<std::int8_t>()[i] = static_cast<std::int8_t>(static_cast<int>(i * 29 % 256) - 128);
  const Tensor zero = testing::tensor_of<std::uint8_t>(model::DataType::kUint8, {}, {131});
  Tensor shifted(model::DataType::kFloat, data.dims());
  for (std::size_t i = 0; i < 60; ++i)
    shifted.mutable_data<float>()[i] =
        static_cast<float>(static_cast<int>(data.data<std::uint8_t>()[i]) - 131);
  Tensor plain(model::DataType::kFloat, weights.dims());
  for (std::size_t i = 0; i < 54; ++i) plain.mutable_data<float>()[i] = weights.data<std::int8_t>()[i];
  const auto got = node_of("ConvInteger", layer, 10).run({data, weights, zero});
  REQUIRE_MESSAGE(got.has_value(), to_string(got.error()));
  const auto expected = padded_convolution(resolved, shifted, plain);
  for (std::size_t i = 0; i < expected.size(); ++i)
    REQUIRE(static_cast<double>(got->front().data<std::int32_t>()[i]) == expected[i]);
}

TEST_CASE("indices of a maximum pool") {
  const Tensor data = testing::floats({1, 2, 3, 3}, {1, 9, 2, 3, 4, 5, 8, 6, 7, 0, 0, 0, 0, 0, 1, 0, 0, 0});
  const auto run = [&](std::int64_t order) {
    return OneNode("MaxPool", 12)
        .with("kernel_shape", std::vector<std::int64_t>{2, 2})
        .with("pads", std::vector<std::int64_t>{1, 1, 0, 0})
        .with("strides", std::vector<std::int64_t>{2, 2})
        .with("storage_order", order)
        .run({data}, 2);
  };
  const auto rows = run(0);
  const auto columns = run(1);
  REQUIRE(rows.has_value());
  REQUIRE(columns.has_value());
  const std::vector<std::int64_t> row_major{0, 1, 6, 8, 9, 10, 12, 14};
  const std::vector<std::int64_t> column_major{0, 3, 2, 8, 9, 12, 10, 16};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK((*rows)[1].data<std::int64_t>()[i] == row_major[i]);
    CHECK((*columns)[1].data<std::int64_t>()[i] == column_major[i]);
  }
}

}  // namespace
}  // namespace padproof::verifier
