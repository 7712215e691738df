// SPDX-License-Identifier: Apache-2.0
// Elements against their bounds: NaN, infinities, overflow, what has no finite bound.
#include "verifier/rounding/judge.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace padproof::verifier {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMost = std::numeric_limits<float>::max();

enum class Found { kEqual, kWithin, kBeyond, kUndecided };

struct Row {
  double computed;
  double bound;
  double expected;
  Found found;
};

const Row kRows[] = {
    {1, 0, 1, Found::kEqual},
    {1, 0, 1.5, Found::kBeyond},
    {1, 0.5, 1.5, Found::kWithin},
    {1, 0.5, 1.75, Found::kBeyond},
    {0, 0, -0.0, Found::kEqual},
    {kNan, 0, kNan, Found::kEqual},
    {kNan, kNan, kNan, Found::kEqual},
    {kNan, 1, 0, Found::kBeyond},
    {kNan, kNan, 0, Found::kBeyond},
    {0, 1, kNan, Found::kBeyond},
    {0, kInfinity, kNan, Found::kUndecided},
    {kInfinity, 0, kInfinity, Found::kEqual},
    {kInfinity, kNan, -kInfinity, Found::kBeyond},
    {kInfinity, 1, kMost, Found::kBeyond},
    {1, 0.5, kInfinity, Found::kBeyond},
    {kMost, 0, kInfinity, Found::kBeyond},
    {kMost, 0x1p104, kInfinity, Found::kWithin},  // the bound reaches what rounds to infinity
    {-kMost, 0x1p104, -kInfinity, Found::kWithin},
    {kMost, 0x1p104, -kInfinity, Found::kBeyond},
    {4 * kMost, 0, kInfinity, Found::kWithin},
    {1, kInfinity, 1, Found::kEqual},
    {1, kInfinity, 2, Found::kUndecided},
    {1, kNan, 2, Found::kUndecided},
};

Tensor doubles(const std::vector<double>& values) {
  Tensor tensor(model::DataType::kDouble, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.mutable_data<double>().begin());
  return tensor;
}

Tensor floats(const std::vector<double>& values) {
  Tensor tensor(model::DataType::kFloat, {static_cast<std::int64_t>(values.size())});
  std::transform(values.begin(), values.end(), tensor.mutable_data<float>().begin(),
                 [](double x) { return static_cast<float>(x); });
  return tensor;
}

Found found_in(const Judgement& judgement) {
  if (judgement.beyond > 0) return Found::kBeyond;
  if (judgement.undecided > 0) return Found::kUndecided;
  return judgement.is_equal ? Found::kEqual : Found::kWithin;
}

TEST_CASE("one element") {
  for (const Row& row : kRows) {
    CAPTURE(row.computed);
    CAPTURE(row.bound);
    CAPTURE(row.expected);
    CHECK(found_in(judge(doubles({row.computed}), doubles({row.bound}), floats({row.expected}))) ==
          row.found);
  }
}

TEST_CASE("what the reference engine gives is within, bounded or not") {
  for (const double bound : {0.0, kInfinity, kNan}) {
    CAPTURE(bound);
    const Tensor expected = floats({2});
    CHECK(found_in(judge(doubles({1}), doubles({bound}), expected, &expected)) == Found::kWithin);
  }
}

TEST_CASE("of several elements the one furthest beyond its bound is shown") {
  const Judgement judgement = judge(doubles({1, 2, 3, 4}), doubles({1, 0.25, 1, 8}), floats({2, 3, 6, 6}));
  CHECK(judgement.beyond == 2);
  CHECK(judgement.used == 1);
  REQUIRE(judgement.worst);
  CHECK(judgement.worst->element == 1);
  CHECK(judgement.worst->distance == 1);
  CHECK(judgement.worst->bound == 0.25);
  const Judgement with_nan = judge(doubles({1, 2}), doubles({0.5, 0.5}), floats({kNan, 9}));
  REQUIRE(with_nan.worst);
  CHECK(with_nan.worst->element == 0);
}

TEST_CASE("bits that have no exact doubles") {
  Tensor computed(model::DataType::kInt64, {3});
  Tensor expected(model::DataType::kInt64, {3});
  CHECK(judge_bits(computed, expected).is_equal);
  expected.mutable_data<std::int64_t>()[2] = std::int64_t{1} << 60;
  const Judgement judgement = judge_bits(computed, expected);
  CHECK(judgement.beyond == 1);
  REQUIRE(judgement.worst);
  CHECK(judgement.worst->element == 2);
}

}  // namespace
}  // namespace padproof::verifier
