// SPDX-License-Identifier: Apache-2.0
// float16 and bfloat16: every value there and back, rounding to even, and operators run through floats.
#include "verifier/engine/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/engine/one_node.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using testing::OneNode;

TEST_CASE("every number comes back") {
  for (std::uint32_t bits = 0; bits <= UINT16_MAX; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const double ieee = from_float16(half);
    const double brain = from_bfloat16(half);
    if (!std::isnan(ieee)) REQUIRE(to_float16(ieee) == half);
    if (!std::isnan(brain)) REQUIRE(to_bfloat16(brain) == half);
    REQUIRE(std::isnan(from_float16(to_float16(ieee))) == std::isnan(ieee));
  }
}

TEST_CASE("rounding is to the nearest, halves to even") {
  CHECK(to_float16(1.0) == 0x3C00);
  CHECK(to_float16(1.0 + std::ldexp(1, -11)) == 0x3C00);                       // half way, down to even
  CHECK(to_float16(1.0 + std::ldexp(3, -11)) == 0x3C02);                       // half way, up to even
  CHECK(to_float16(1.0 + std::ldexp(1, -11) + std::ldexp(1, -40)) == 0x3C01);  // just above
  CHECK(to_float16(65504.0) == 0x7BFF);
  CHECK(to_float16(65519.9) == 0x7BFF);
  CHECK(to_float16(65520.0) == 0x7C00);
  CHECK(to_float16(std::ldexp(1, -24)) == 0x0001);
  CHECK(to_float16(std::ldexp(1, -25)) == 0x0000);
  CHECK(to_float16(-0.0) == 0x8000);
  CHECK(to_float16(1e300) == 0x7C00);
  CHECK(to_bfloat16(1.0) == 0x3F80);
  CHECK(to_bfloat16(1.0 + std::ldexp(3, -8)) == 0x3F82);
  CHECK(to_bfloat16(std::numeric_limits<float>::max()) == 0x7F80);
}

TEST_CASE("operators without a float16 kernel run on floats and round once") {
  const auto halves = [](Dims dims, const std::vector<double>& values) {
    Tensor tensor(DataType::kFloat16, std::move(dims));
    for (std::size_t i = 0; i < values.size(); ++i)
      tensor.mutable_data<std::uint16_t>()[i] = to_float16(values[i]);
    return tensor;
  };
  // In float16 steps 2048 + 1 would stay 2048 twice.
  const auto sum = OneNode("Conv", 11).run({halves({1, 3, 1}, {2048, 1, 1}), halves({1, 3, 1}, {1, 1, 1})});
  REQUIRE_MESSAGE(sum.has_value(), to_string(sum.error()));
  CHECK(same_bits(sum->front(), halves({1, 1, 1}, {2050})));
  const auto flags = OneNode("Less", 13).run({halves({2}, {1, 3}), halves({2}, {2, 2})});
  REQUIRE(flags.has_value());
  CHECK(flags->front().dtype() == DataType::kBool);
  const auto moved = OneNode("Transpose", 13).run({halves({1, 2}, {1, 2})});
  REQUIRE(moved.has_value());
  CHECK(same_bits(moved->front(), halves({2, 1}, {1, 2})));
}

}  // namespace
}  // namespace padproof::verifier
