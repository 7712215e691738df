// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/slow_nodes.h"

namespace padproof::verifier::testing {
namespace {

using model::DataType;

const Dims kSquare{20'000, 20'000};
const Dims kLong{1 << 30};

Tensor places(Dims dims) { return zeros(std::move(dims), DataType::kInt64); }

Tensor all_of(std::int64_t count) {
  return tensor_of(DataType::kBool, {count}, std::vector<std::uint8_t>(static_cast<std::size_t>(count), 1));
}

OneNode pooling(std::string_view op) {
  OneNode node(op, 20);
  node.with("kernel_shape", {501, 501}).with("pads", {250, 250, 250, 250});
  return node;
}

}  // namespace

const std::vector<SlowRow>& slow_windows() {
  const auto image = [](DataType dtype) { return zeros({1, 1, 2000, 2000}, dtype); };
  const auto filter = [](DataType dtype) { return zeros({1, 1, 501, 501}, dtype); };
  static const std::vector<SlowRow> kRows = {
      {"Conv", [=] { return of_two("Conv", image(DataType::kFloat), filter(DataType::kFloat)); }},
      {"Conv of doubles",
       [=] { return of_two("Conv", image(DataType::kDouble), filter(DataType::kDouble)); }},
      {"Conv of one long row",
       [] {
         return of_two("Conv", zeros({1, 1, 1 << 28}), zeros({1, 1, 1 << 10}));
       }},
      {"ConvTranspose",
       [=] { return of_two("ConvTranspose", image(DataType::kFloat), filter(DataType::kFloat)); }},
      {"ConvInteger",
       [=] { return of_two("ConvInteger", image(DataType::kUint8), filter(DataType::kUint8)); }},
      {"QLinearConv",
       [=] {
         return Slow{OneNode("QLinearConv", 20),
                     {image(DataType::kUint8), one(), point(), filter(DataType::kUint8), one(), point(),
                      one(), point()}};
       }},
      {"MaxPool",
       [=] {
         return Slow{pooling("MaxPool"), {image(DataType::kFloat)}};
       }},
      {"MaxPool with Indices",
       [=] {
         return Slow{pooling("MaxPool"), {image(DataType::kFloat)}, 2};
       }},
      {"MaxPool of one long row",
       [] {
         OneNode node("MaxPool", 20);
         node.with("kernel_shape", std::vector<std::int64_t>{32});
         return Slow{node, {zeros({1, 1, 1 << 29})}};
       }},
      {"AveragePool",
       [=] {
         return Slow{pooling("AveragePool"), {image(DataType::kFloat)}};
       }},
      {"LpPool",
       [=] {
         return Slow{pooling("LpPool").with("p", std::int64_t{3}), {image(DataType::kFloat)}};
       }},
      {"LpPool of one window",
       [] {
         OneNode node("LpPool", 20);
         node.with("p", std::int64_t{3}).with("kernel_shape", {1 << 14, 1 << 15});
         return Slow{node, {zeros({1, 1, 1 << 14, 1 << 15})}};
       }},
      {"GlobalAveragePool",
       [] {
         return of_one("GlobalAveragePool", zeros({1, 1, 1 << 15, 1 << 15}));
       }},
      {"GlobalMaxPool",
       [] {
         return of_one("GlobalMaxPool", zeros({1, 1, 1 << 15, 1 << 15}));
       }},
      {"GlobalLpPool",
       [] {
         OneNode node("GlobalLpPool", 20);
         return Slow{node.with("p", std::int64_t{3}), {zeros({1, 1, 1 << 15, 1 << 15})}};
       }},
  };
  return kRows;
}

const std::vector<SlowRow>& slow_products() {
  static const std::vector<SlowRow> kRows = {
      {"Gemm", [] { return of_two("Gemm", zeros(kSquare), zeros(kSquare)); }},
      {"Gemm transB",
       [] {
         OneNode node("Gemm", 20);
         return Slow{node.with("transB", std::int64_t{1}), {zeros(kSquare), zeros(kSquare)}};
       }},
      {"Gemm of integers",
       [] { return of_two("Gemm", zeros(kSquare, DataType::kInt32), zeros(kSquare, DataType::kInt32)); }},
      {"MatMul", [] { return of_two("MatMul", zeros(kSquare), zeros(kSquare)); }},
      {"MatMul of vectors", [] { return of_two("MatMul", zeros({1 << 29}), zeros({1 << 29})); }},
      {"MatMul of stacks",
       [] {
         return of_two("MatMul", zeros({1 << 14, 1, 8, 8}), zeros({1, 1 << 14, 8, 1}));
       }},
      {"MatMul of integers",
       [] { return of_two("MatMul", zeros(kSquare, DataType::kInt64), zeros(kSquare, DataType::kInt64)); }},
      {"MatMulInteger", [] { return of_two("MatMulInteger", bytes(kSquare), bytes(kSquare)); }},
      {"QLinearMatMul",
       [] {
         return Slow{OneNode("QLinearMatMul", 20),
                     {bytes(kSquare), one(), point(), bytes(kSquare), one(), point(), one(), point()}};
       }},
      {"QGemm",
       [] {
         return Slow{microsoft("QGemm"), {bytes(kSquare), one(), point(), bytes(kSquare), one(), point()}};
       }},
  };
  return kRows;
}

const std::vector<SlowRow>& slow_choices() {
  static const std::vector<SlowRow> kRows = {
      {"Resize cubic, rank 10",
       [] {
         return Slow{resizing("cubic"),
                     {zeros(Dims(10, 2)), {}, {}, integers(std::vector<std::int64_t>(10, 3))}};
       }},
      {"Resize linear, rank 14",
       [] {
         return Slow{resizing("linear"),
                     {zeros(Dims(14, 2)), {}, {}, integers(std::vector<std::int64_t>(14, 3))}};
       }},
      {"Resize nearest",
       [] {
         return Slow{resizing("nearest"), {bytes({1, 1}), {}, {}, integers({1 << 16, 1 << 15})}};
       }},
      {"Resize antialiased",
       [] {
         OneNode node = resizing("linear");
         return Slow{node.with("antialias", std::int64_t{1}),
                     {zeros({1 << 15, 1 << 15}), {}, {}, integers({7, 7})}};
       }},
      {"Upsample",
       [] {
         return Slow{OneNode("Upsample", 9), {zeros({1, 1, 1, 1}), floats({4}, {1, 64, 4096, 4096})}};
       }},
      {"TopK",
       [] {
         return Slow{OneNode("TopK", 20), {zeros({1 << 18, 1 << 11}), integers({8})}, 2};
       }},
      {"ArgMax",
       [] {
         return of_one("ArgMax", zeros({1 << 30, 1}));
       }},
      {"NonMaxSuppression",
       [] {
         return Slow{OneNode("NonMaxSuppression", 20),
                     {zeros({1, 1 << 18, 4}), zeros({1, 16, 1 << 18}), integers({1 << 30})}};
       }},
      {"CumSum", [] { return of_two("CumSum", zeros(kLong, DataType::kDouble), integers({0})); }},
      {"OneHot",
       [] {
         return Slow{OneNode("OneHot", 20),
                     {places({1 << 18}), integers({1 << 13}), zeros({2}, DataType::kInt8)}};
       }},
      {"NonZero",
       [] {
         return of_one("NonZero", bytes({1 << 15, 1 << 17}));
       }},
      {"Gather",
       [] {
         return of_two("Gather", zeros({1 << 20, 4}), places({1 << 26}));
       }},
      {"GatherND",
       [] {
         return of_two("GatherND", zeros({4, 1 << 12}), places({1 << 18, 1}));
       }},
      {"ScatterND",
       [] {
         return Slow{OneNode("ScatterND", 20),
                     {zeros({4, 1 << 12}), places({1 << 18, 1}), zeros({1 << 18, 1 << 12})}};
       }},
      {"Compress",
       [] {
         OneNode node("Compress", 20);
         return Slow{node.with("axis", std::int64_t{0}), {zeros({1 << 14, 1 << 16}), all_of(1 << 14)}};
       }},
  };
  return kRows;
}

}  // namespace padproof::verifier::testing
