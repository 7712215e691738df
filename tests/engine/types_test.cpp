// SPDX-License-Identifier: Apache-2.0
// Types, granularities and old versions that the backend tests leave out: rows computed by hand, those that
// ONNX Runtime 1.31.1 runs confirmed by it.
#include <doctest/doctest.h>

#include "tests/engine/one_node.h"
#include "verifier/engine/half.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using testing::floats;
using testing::OneNode;
using testing::tensor_of;
using Inputs = std::vector<std::optional<Tensor>>;

Tensor bytes(Dims dims, const std::vector<std::uint8_t>& values) {
  return tensor_of(DataType::kUint8, std::move(dims), values);
}
Tensor longs(Dims dims, const std::vector<std::int64_t>& values) {
  return tensor_of(DataType::kInt64, std::move(dims), values);
}
Tensor ints(Dims dims, const std::vector<std::int32_t>& values) {
  return tensor_of(DataType::kInt32, std::move(dims), values);
}
Tensor halves(const Dims& dims, const std::vector<float>& values) {
  return *narrowed(MemoryBudget(1U << 20U), floats(dims, values), DataType::kFloat16);
}

struct Row {
  OneNode node;
  Inputs inputs;
  Tensor expected;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.node.node().op_type);
    const auto outputs = row.node.run(row.inputs);
    REQUIRE_MESSAGE(outputs.has_value(), to_string(outputs.error()));
    CHECK(same_bits(outputs->front(), row.expected));
  }
}

TEST_CASE("a range of integers is counted exactly") {
  constexpr std::int64_t kFar = std::int64_t{1} << 62;
  check({
      {OneNode("Range", 11),
       {longs({}, {kFar}), longs({}, {kFar + 3}), longs({}, {1})},
       longs({3}, {kFar, kFar + 1, kFar + 2})},
      {OneNode("Range", 11),
       {longs({}, {kFar + 1}), longs({}, {kFar}), longs({}, {-2})},
       longs({1}, {kFar + 1})},
      {OneNode("Range", 11), {longs({}, {kFar}), longs({}, {kFar - 1}), longs({}, {1})}, longs({0}, {})},
      {OneNode("Range", 11),
       {longs({}, {INT64_MIN}), longs({}, {INT64_MAX}), longs({}, {INT64_MAX})},
       longs({3}, {INT64_MIN, -1, INT64_MAX - 1})},
      {OneNode("Range", 11),
       {longs({}, {INT64_MAX}), longs({}, {INT64_MIN}), longs({}, {INT64_MIN})},
       longs({2}, {INT64_MAX, -1})},
      {OneNode("Range", 11), {ints({}, {7}), ints({}, {0}), ints({}, {-3})}, ints({3}, {7, 4, 1})},
  });
}

TEST_CASE("products of integers") {
  const std::vector<std::int64_t> left = {1, -2, 3, -4, 5, 6};
  const std::vector<std::int64_t> right = {7, 8, 9, -1, 2, 3};
  check({
      {OneNode("MatMul", 13), {longs({2, 3}, left), longs({3, 2}, right)}, longs({2, 2}, {-5, 19, 29, -19})},
      {OneNode("MatMul", 13), {longs({3}, {1, -2, 3}), longs({3, 2}, right)}, longs({2}, {-5, 19})},
      {OneNode("MatMul", 13), {longs({2, 3}, left), longs({3}, {7, 9, 2})}, longs({2}, {-5, 29})},
      {OneNode("Gemm", 13).with("beta", 2.0F),
       {ints({2, 3}, {1, -2, 3, -4, 5, 6}), ints({3, 2}, {7, 8, 9, -1, 2, 3}), ints({2}, {10, 20})},
       ints({2, 2}, {15, 59, 49, 21})},
      {OneNode("Gemm", 13).with("transA", std::int64_t{1}).with("transB", std::int64_t{1}),
       {ints({3, 2}, {1, -4, -2, 5, 3, 6}), ints({2, 3}, {7, 9, 2, 8, -1, 3})},
       ints({2, 2}, {-5, 19, 29, -19})},
  });
  const auto half = OneNode("Gemm", 13).with("alpha", 0.5F).run({ints({1, 1}, {3}), ints({1, 1}, {1})});
  CHECK(half.error().code == "not-in-engine");
}

TEST_CASE("zero points and scales for each row and column") {
  check({
      {OneNode("MatMulInteger", 10),
       {bytes({1, 2, 3}, {1, 2, 3, 4, 5, 6}), bytes({1, 3, 2}, {7, 8, 9, 1, 2, 3}), bytes({1, 2, 1}, {1, 2}),
        bytes({1, 1, 2}, {3, 4})},
       ints({1, 2, 2}, {4, -5, 22, -5})},
      {OneNode("MatMulInteger", 10),
       {bytes({2, 3}, {1, 2, 3, 4, 5, 6}), bytes({3, 2}, {7, 8, 9, 1, 2, 3}), bytes({2}, {1, 2}),
        bytes({2}, {3, 4})},
       ints({2, 2}, {4, -5, 22, -5})},
      {OneNode("QLinearMatMul", 10),
       {bytes({2, 3}, {10, 20, 30, 40, 50, 60}), floats({2}, {.1F, .2F}), bytes({2}, {5, 10}),
        bytes({3, 2}, {70, 80, 90, 10, 20, 30}), floats({2}, {.05F, .01F}), bytes({2}, {3, 40}),
        floats({}, {.5F}), bytes({}, {100})},
       bytes({2, 2}, {121, 99, 227, 98})},
  });
  const Inputs unfit = {bytes({2, 3}, {1, 2, 3, 4, 5, 6}), bytes({3, 2}, {7, 8, 9, 1, 2, 3}),
                        bytes({3}, {1, 2, 3})};
  CHECK(OneNode("MatMulInteger", 10).run(unfit).error().code == "input-shape");
}

TEST_CASE("quantisation by blocks, and of float16") {
  const auto blocks = [](std::string_view op_type) {
    return OneNode(op_type, 21).with("axis", std::int64_t{1}).with("block_size", std::int64_t{2});
  };
  const Inputs data = {halves({2, 4}, {1, 2, 3, 4, 5, 6, 7, -8}), halves({2, 2}, {.5F, .1F, .3F, 2}),
                       bytes({2, 2}, {1, 2, 3, 4})};
  check({
      {blocks("QuantizeLinear"), data, bytes({2, 4}, {3, 5, 32, 42, 20, 23, 8, 0})},
      {blocks("DequantizeLinear"),
       {bytes({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}), floats({2, 2}, {.5F, .25F, .125F, 2}),
        bytes({2, 2}, {1, 2, 3, 4})},
       floats({2, 4}, {0, .5F, .25F, .5F, .25F, .375F, 6, 8})},
      {OneNode("DequantizeLinear", 23).with("output_dtype", std::int64_t{10}),
       {ints({2}, {3, -5}), floats({}, {.5F})},
       halves({2}, {1.5F, -2.5F})},
  });
  Inputs unfit = data;
  unfit[0] = halves({2, 5}, {1, 2, 3, 4, 5, 6, 7, -8, 9, 10});
  CHECK(blocks("QuantizeLinear").run(unfit).error().code == "input-shape");
}

TEST_CASE("reductions of integers truncate") {
  const auto reduce = [](std::string_view op_type) {
    return OneNode(op_type, 18).with("keepdims", std::int64_t{0});
  };
  const Tensor axis = longs({1}, {1});
  check({
      {reduce("ReduceMean"), {ints({2, 3}, {7, -8, 0, -7, -1, 1}), axis}, ints({2}, {0, -2})},
      {reduce("ReduceL2"), {longs({2, 3}, {3, 4, 0, 1, 1, 1}), axis}, longs({2}, {5, 1})},
      {reduce("ReduceLogSum"), {longs({2, 2}, {3, 4, 1, 0}), axis}, longs({2}, {1, 0})},
      {reduce("ReduceLogSumExp"), {longs({2, 3}, {3, 3, 3, -5, -5, 100}), axis}, longs({2}, {4, 100})},
      {reduce("ReduceMean"), {ints({1, 0}, {}), axis}, ints({1}, {0})},
  });
}

TEST_CASE("indices of what is not zero have a row for each axis, so none for a scalar") {
  check({
      {OneNode("NonZero", 13), {ints({2, 2}, {0, 5, 6, 0})}, longs({2, 2}, {0, 1, 1, 0})},
      {OneNode("NonZero", 13), {ints({}, {5})}, longs({0, 1}, {})},
      {OneNode("NonZero", 13), {ints({}, {0})}, longs({0, 0}, {})},
  });
}

TEST_CASE("an empty list of axes is no missing one") {
  check({
      {OneNode("Squeeze", 13), {floats({1, 2}, {3, 4}), longs({0}, {})}, floats({1, 2}, {3, 4})},
      {OneNode("Squeeze", 13), {floats({1, 2}, {3, 4}), std::nullopt}, floats({2}, {3, 4})},
      {OneNode("Squeeze", 11), {floats({1, 2}, {3, 4})}, floats({2}, {3, 4})},
  });
}

TEST_CASE("first versions of Cast and Tile") {
  check({
      {OneNode("Cast", 1).with("to", std::string_view("INT64")),
       {floats({2}, {1.5F, -2})},
       longs({2}, {1, -2})},
      {OneNode("Tile", 1),
       {floats({2, 1}, {3, 4}), floats({}, {2}), floats({}, {1})},
       floats({2, 2}, {3, 3, 4, 4})},
  });
  CHECK(OneNode("Cast", 1).with("to", std::string_view("FLOAT8")).run({floats({1}, {1})}).error().code ==
        "input-value");
}

TEST_CASE("mixed and wide types of normalisations") {
  const auto normalized = OneNode("LayerNormalization", 17)
                              .with("epsilon", 0.0F)
                              .run({tensor_of(DataType::kDouble, {1, 2}, std::vector<double>{1, 3}),
                                    tensor_of(DataType::kDouble, {2}, std::vector<double>{.1, .2})},
                                   3);
  REQUIRE_MESSAGE(normalized.has_value(), to_string(normalized.error()));
  CHECK(same_bits(normalized->at(0), tensor_of(DataType::kDouble, {1, 2}, std::vector<double>{-.1, .2})));
  CHECK(same_bits(normalized->at(1), floats({1, 1}, {2})));
  CHECK(same_bits(normalized->at(2), floats({1, 1}, {1})));
  check({
      {OneNode("BatchNormalization", 15).with("epsilon", 0.0F),
       {halves({2, 2}, {1, -2, .75F, 6}), floats({2}, {2, .5F}), floats({2}, {1, 0}), floats({2}, {.5F, 1}),
        floats({2}, {.25F, 4})},
       halves({2, 2}, {3, -.75F, 2, 1.25F})},
  });
}

}  // namespace
}  // namespace padproof::verifier
