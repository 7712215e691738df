// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/seeded_inputs.h"

#include <type_traits>

#include "verifier/engine/element_types.h"
#include "verifier/engine/half.h"
#include "verifier/engine/memory_budget.h"

namespace padproof::verifier {
namespace {

using model::DataType;

// A moment of filling, between two looks at the clock.
constexpr std::int64_t kElementsAtOnce = std::int64_t{1} << 22;
constexpr double kBorderFactor = 4;

/// SplitMix64's output function (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t state) {
  state += 0x9E3779B97F4A7C15U;
  state = (state ^ (state >> 30U)) * 0xBF58476D1CE4E5B9U;
  state = (state ^ (state >> 27U)) * 0x94D049BB133111EBU;
  return state ^ (state >> 31U);
}

std::uint64_t key_of(std::uint64_t seed, std::string_view name, DataType dtype, const Dims& dims) {
  std::uint64_t key = mixed(seed);
  for (const char letter : name) key = mixed(key ^ static_cast<unsigned char>(letter));
  key = mixed(key ^ (std::uint64_t{name.size()} << 32U) ^ static_cast<std::uint64_t>(dtype));
  for (const std::int64_t extent : dims) key = mixed(key ^ static_cast<std::uint64_t>(extent));
  return key;
}

/// Uniform in [-1, 1), a multiple of 2^-23: exact in float.
double signed_unit(std::uint64_t random) {
  return static_cast<double>(static_cast<std::int64_t>(random >> 40U) - (1 << 23)) / (1 << 23);
}

bool is_on_border(const Dims& dims, std::int64_t i) {
  if (dims.size() < 2) return false;
  const std::int64_t width = dims.back();
  const std::int64_t height = dims[dims.size() - 2];
  const std::int64_t x = i % width;
  const std::int64_t y = i / width % height;
  return x == 0 || x == width - 1 || y == 0 || y == height - 1;
}

double real_value(const Dims& dims, std::uint64_t key, std::int64_t i) {
  const double value = signed_unit(mixed(key + static_cast<std::uint64_t>(i)));
  return is_on_border(dims, i) ? kBorderFactor * value : value;
}

template <class T>
T value_at(const Tensor& tensor, std::uint64_t key, std::int64_t i) {
  const std::uint64_t random = mixed(key + static_cast<std::uint64_t>(i));
  if (tensor.dtype() == DataType::kBool) return static_cast<T>(random >> 63U);
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(real_value(tensor.dims(), key, i));
  else if constexpr (std::is_signed_v<T>)
    return static_cast<T>(static_cast<int>(random >> 60U) - 8);
  else
    return static_cast<T>(random >> 60U);
}

/// Calls fill(i) for all elements, until the deadline.
template <class Fill>
model::Result<void> for_all(const Tensor& tensor, const model::Deadline& deadline, Fill&& fill) {
  for (std::int64_t begin = 0; begin < tensor.size(); begin += kElementsAtOnce) {
    if (auto left = model::check_deadline(deadline); !left) return left;
    const std::int64_t end = std::min(tensor.size(), begin + kElementsAtOnce);
    for (std::int64_t i = begin; i < end; ++i) fill(i);
  }
  return {};
}

model::Result<void> fill_half(Tensor& tensor, std::uint64_t key, const model::Deadline& deadline) {
  const bool is_ieee = tensor.dtype() == DataType::kFloat16;
  const auto bits = tensor.mutable_data<std::uint16_t>();
  return for_all(tensor, deadline, [&](std::int64_t i) {
    const double value = real_value(tensor.dims(), key, i);
    bits[static_cast<std::size_t>(i)] = is_ieee ? to_float16(value) : to_bfloat16(value);
  });
}

}  // namespace

model::Result<Tensor> seeded_tensor(std::uint64_t seed, std::string_view name, DataType dtype, Dims dims,
                                    const ExecuteOptions& limits) {
  const std::uint64_t key = key_of(seed, name, dtype, dims);
  auto tensor = MemoryBudget(limits.memory_limit_bytes).allocate(dtype, std::move(dims));
  if (!tensor) {
    tensor.error().what = "input '" + model::printable(name) + "': " + tensor.error().what;
    return tensor;
  }
  const model::Deadline& deadline = limits.limit.deadline;
  if (is_half(dtype)) {
    if (auto filled = fill_half(*tensor, key, deadline); !filled) return model::Error(filled.error());
    return tensor;
  }
  model::Result<void> filled;
  const bool known = dispatch(AllTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    const auto values = tensor->mutable_data<T>();
    filled = for_all(*tensor, deadline, [&](std::int64_t i) {
      values[static_cast<std::size_t>(i)] = value_at<T>(*tensor, key, i);
    });
  });
  if (!known)
    return model::unsupported("tensor-type", "no seeded values of this element type",
                              model::to_string(dtype));
  if (!filled) return model::Error(filled.error());
  return tensor;
}

}  // namespace padproof::verifier
