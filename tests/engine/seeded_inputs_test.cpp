// SPDX-License-Identifier: Apache-2.0
// Seeded inputs: the same bits everywhere, of both signs, larger at the borders.
#include "verifier/engine/seeded_inputs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace padproof::verifier {
namespace {

using model::DataType;

Tensor seeded(DataType dtype, Dims dims, std::uint64_t seed = 1, std::string_view name = "input") {
  auto tensor = seeded_tensor(seed, name, dtype, std::move(dims));
  REQUIRE(tensor.has_value());
  return *tensor;
}

/// FNV-1a of the bytes.
std::uint64_t digest(const Tensor& tensor) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char byte : tensor.bytes()) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  return hash;
}

TEST_CASE("the bits are those of every other machine") {
  CHECK(digest(seeded(DataType::kFloat, {1, 3, 8, 8})) == 1823765368797560983U);
  CHECK(digest(seeded(DataType::kInt8, {100})) == 15049461964681106879U);
  CHECK(digest(seeded(DataType::kFloat16, {4, 9})) == 9626756255020067401U);
}

TEST_CASE("seed, name, type and dims all count") {
  const Tensor base = seeded(DataType::kFloat, {2, 6});
  CHECK(same_bits(base, seeded(DataType::kFloat, {2, 6})));
  CHECK(base.bytes() != seeded(DataType::kFloat, {2, 6}, 2).bytes());
  CHECK(base.bytes() != seeded(DataType::kFloat, {2, 6}, 1, "other").bytes());
  CHECK(base.bytes() != seeded(DataType::kFloat, {3, 4}).bytes());
}

TEST_CASE("floats have both signs, and borders stand out") {
  const Tensor tensor = seeded(DataType::kFloat, {1, 4, 32, 32});
  float inner = 0;
  float border = 0;
  int negative = 0;
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const float value = tensor.data<float>()[static_cast<std::size_t>(i)];
    const std::int64_t x = i % 32;
    const std::int64_t y = i / 32 % 32;
    float& extreme = x == 0 || x == 31 || y == 0 || y == 31 ? border : inner;
    extreme = std::max(extreme, std::fabs(value));
    negative += value < 0 ? 1 : 0;
  }
  CHECK(inner < 1.0F);
  CHECK(inner > 0.9F);
  CHECK(border > 3.0F);
  CHECK(border < 4.0F);
  CHECK(negative > 1800);
  CHECK(negative < 2300);
}

TEST_CASE("integers are small, of both signs where there are two") {
  const Tensor numbers = seeded(DataType::kInt32, {500});
  const auto [least, most] =
      std::minmax_element(numbers.data<std::int32_t>().begin(), numbers.data<std::int32_t>().end());
  CHECK(*least == -8);
  CHECK(*most == 7);
  const Tensor bytes = seeded(DataType::kUint8, {500});
  CHECK(*std::max_element(bytes.data<std::uint8_t>().begin(), bytes.data<std::uint8_t>().end()) == 15);
  const Tensor flags = seeded(DataType::kBool, {500});
  CHECK(*std::max_element(flags.data<std::uint8_t>().begin(), flags.data<std::uint8_t>().end()) == 1);
}

TEST_CASE("what cannot be made is an error") {
  CHECK_FALSE(seeded_tensor(1, "x", DataType::kString, {1}).has_value());
  CHECK_FALSE(seeded_tensor(1, "x", DataType::kFloat, {-1}).has_value());
  CHECK_FALSE(seeded_tensor(1, "x", DataType::kFloat, {INT64_MAX, INT64_MAX}).has_value());
  CHECK_FALSE(seeded_tensor(1, "x", DataType::kFloat, {std::int64_t{1} << 40}).has_value());
}

}  // namespace
}  // namespace padproof::verifier
