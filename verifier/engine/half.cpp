// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/half.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "verifier/engine/in_time.h"

namespace padproof::verifier {
namespace {

/// A small binary format: sign, exponent, fraction, in 16 bits.
struct Format {
  int fraction_bits;
  int exponent_bits;

  [[nodiscard]] constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  [[nodiscard]] constexpr std::uint16_t infinity() const {
    return static_cast<std::uint16_t>(((1 << exponent_bits) - 1) << fraction_bits);
  }
};

constexpr std::int64_t kOperationsOfCode = 16;

constexpr Format kFloat16{10, 5};
constexpr Format kBfloat16{7, 8};

double decode(Format format, std::uint16_t bits) {
  const int magnitude = bits & 0x7FFF;
  const int exponent = magnitude >> format.fraction_bits;
  const int fraction = magnitude & ((1 << format.fraction_bits) - 1);
  double value = 0;
  if (magnitude == format.infinity())
    value = std::numeric_limits<double>::infinity();
  else if (magnitude > format.infinity())
    value = std::numeric_limits<double>::quiet_NaN();
  else if (exponent == 0)
    value = std::ldexp(fraction, 1 - format.bias() - format.fraction_bits);
  else
    value =
        std::ldexp(fraction + (1 << format.fraction_bits), exponent - format.bias() - format.fraction_bits);
  return (bits & 0x8000) != 0 ? -value : value;
}

std::uint16_t encode(Format format, double value) {
  const int sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::fabs(value);
  if (std::isnan(value))
    return static_cast<std::uint16_t>(sign | format.infinity() | 1 << (format.fraction_bits - 1));
  if (magnitude == 0) return static_cast<std::uint16_t>(sign);
  if (std::isinf(value)) return static_cast<std::uint16_t>(sign | format.infinity());
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  // Units in the last place of the result: fixed for numbers below the normal range.
  const int unit = std::max(exponent - 1, 1 - format.bias()) - format.fraction_bits;
  const auto units = static_cast<int>(std::nearbyint(std::ldexp(magnitude, -unit)));
  // The fraction's carry, if there is one, walks into the exponent as it should.
  const int biased = unit + format.fraction_bits + format.bias() - 1;
  const int bits = (biased << format.fraction_bits) + units;
  return static_cast<std::uint16_t>(sign | std::min<int>(bits, format.infinity()));
}

}  // namespace

model::Result<Tensor> widened(const MemoryBudget& memory, const Tensor& tensor) {
  auto result = memory.allocate(model::DataType::kFloat, tensor.dims());
  if (!result) return result;
  const Format format = tensor.dtype() == model::DataType::kFloat16 ? kFloat16 : kBfloat16;
  const auto from = tensor.data<std::uint16_t>();
  const auto to = result->mutable_data<float>();
  for_each_in_time(tensor.size(), kOperationsOfCode, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    to[i] = static_cast<float>(decode(format, from[i]));
  });
  return result;
}

model::Result<Tensor> narrowed(const MemoryBudget& memory, const Tensor& tensor, model::DataType dtype) {
  auto result = memory.allocate(dtype, tensor.dims());
  if (!result) return result;
  const Format format = dtype == model::DataType::kFloat16 ? kFloat16 : kBfloat16;
  const auto from = tensor.data<float>();
  const auto to = result->mutable_data<std::uint16_t>();
  for_each_in_time(tensor.size(), kOperationsOfCode, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    to[i] = encode(format, static_cast<double>(from[i]));
  });
  return result;
}

double from_float16(std::uint16_t bits) { return decode(kFloat16, bits); }
double from_bfloat16(std::uint16_t bits) { return decode(kBfloat16, bits); }
std::uint16_t to_float16(double value) { return encode(kFloat16, value); }
std::uint16_t to_bfloat16(double value) { return encode(kBfloat16, value); }

}  // namespace padproof::verifier
