// SPDX-License-Identifier: Apache-2.0
// A value with what is known of its error: exact numbers, samples of the error, how far it reaches. See
// bound.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "verifier/engine/in_time.h"
#include "verifier/engine/memory_budget.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// Samples of each kind: independent errors times normal numbers, then one-sided errors times Cauchy numbers.
inline constexpr std::size_t kSamplesOfAKind = 96;
inline constexpr std::size_t kSamples = 2 * kSamplesOfAKind;

struct UncertainValue {
  Tensor exact;                 // double, or an integer type
  Tensor single;                // the same in float, where it is a float
  std::vector<Tensor> samples;  // float, kSamples of them; none: there is no error
  Tensor reach;                 // double; set if there are samples

  [[nodiscard]] bool is_float() const { return exact.dtype() == model::DataType::kDouble; }
  [[nodiscard]] bool has_error() const { return !samples.empty(); }
};

/// Widens float tensors; others stay as they are.
UncertainValue exact_value(Tensor tensor);

/// Elementwise, on double tensors of the same dims. Past the deadline some elements are left 0.
template <class Function>
Tensor map(const Tensor& x, Function&& function) {
  Tensor y(model::DataType::kDouble, x.dims());
  const auto from = x.data<double>();
  const auto to = y.mutable_data<double>();
  for_each_in_time(x.size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    to[i] = function(from[i]);
  });
  return y;
}
template <class Function>
Tensor map(const Tensor& x, const Tensor& z, Function&& function) {
  Tensor y(model::DataType::kDouble, x.dims());
  const auto left = x.data<double>();
  const auto right = z.data<double>();
  const auto to = y.mutable_data<double>();
  for_each_in_time(x.size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    to[i] = function(left[i], right[i]);
  });
  return y;
}

/// What an operator makes of the errors before it, and what it adds. `independent` and `one_sided` are double
/// tensors of the output's dims, or not set where nothing is added.
struct NewError {
  std::vector<Tensor> samples;  // of the inputs' errors, carried on; may be none
  Tensor independent;           // deviations
  Tensor one_sided;             // magnitudes
};

/// kSamples zero-filled samples, within the budget.
model::Result<std::vector<Tensor>> new_samples(const MemoryBudget& memory, const Dims& dims);

/// Samples of the value's error times slopes, element by element; none if there is no error.
model::Result<std::vector<Tensor>> scaled_samples(const MemoryBudget& memory, const UncertainValue& value,
                                                  const Tensor& slope);

/// Normal numbers for independent errors that many elements share: `seed` must be another one for each use,
/// `sample` is one of the first kSamplesOfAKind.
std::vector<double> shared_normals(std::uint64_t seed, std::size_t sample, std::size_t count);

/// The value with its errors. `seed` must be another one for each value.
model::Result<UncertainValue> with_error(const MemoryBudget& memory, Tensor exact, NewError error,
                                         std::uint64_t seed);

}  // namespace padproof::verifier
