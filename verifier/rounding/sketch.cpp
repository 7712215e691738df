// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/sketch.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "verifier/rounding/elements.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

constexpr double kDeviations = 8;      // of independent errors
constexpr double kRaiseDeviation = 2;  // the estimate of the deviation
constexpr double kRaiseMagnitude = 4;  // the estimate of one-sided errors
constexpr std::size_t kQuantiles = 1 << 16;
constexpr std::size_t kElementsOfTask = 512;

using Table = std::vector<float>;

// The distribution's value at the probability, by bisection of its distribution function.
template <class Distribution>
float quantile(double probability, double limit, Distribution&& distribution) {
  double low = -limit;
  double high = limit;
  while (high - low > 1e-7) {
    const double middle = (low + high) / 2;
    (distribution(middle) < probability ? low : high) = middle;
  }
  return static_cast<float>(low);
}

template <class Quantile>
Table table_of(Quantile&& quantile_at) {
  Table table(kQuantiles);
  for (std::size_t i = 0; i < kQuantiles; ++i)
    table[i] = quantile_at((static_cast<double>(i) + 0.5) / kQuantiles);
  return table;
}

const Table& normal_numbers() {
  static const Table kTable = table_of([](double probability) {
    return quantile(probability, 6, [](double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; });
  });
  return kTable;
}

const Table& cauchy_numbers() {
  static const Table kTable = table_of([](double probability) {
    return static_cast<float>(std::tan(std::numbers::pi * (probability - 0.5)));
  });
  return kTable;
}

// SplitMix64, public domain by Sebastiano Vigna; four draws of 16 bits from each number.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed * 0xD1342543DE82EF95ULL) {}
  float from(const Table& table) {
    if (left_ == 0) refill();
    --left_;
    const float drawn = table[bits_ % kQuantiles];
    bits_ /= kQuantiles;
    return drawn;
  }

 private:
  void refill() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    bits_ = z ^ (z >> 31U);
    left_ = 4;
  }
  std::uint64_t state_;
  std::uint64_t bits_ = 0;
  int left_ = 0;
};

void add_noise(const Tensor& scale, const Table& table, std::size_t first, std::uint64_t seed,
               std::vector<Tensor>& samples) {
  if (!scale.is_set()) return;
  const auto scales = scale.data<double>();
  tbb::parallel_for(first, first + kSamplesOfAKind, [&](std::size_t k) {
    Draws draws(seed * kSamples + k);
    const auto sample = samples[k].mutable_data<float>();
    for (std::size_t i = 0; i < sample.size(); ++i) {
      if (scales[i] != 0) sample[i] += static_cast<float>(scales[i]) * draws.from(table);
    }
  });
}

/// Of elements [first, first + reach.size()).
void reach_of_block(const std::vector<Tensor>& samples, std::size_t first, std::span<double> reach) {
  std::vector<double> squares(reach.size(), 0.0);
  std::vector<float> magnitudes(reach.size() * kSamplesOfAKind);
  for (std::size_t k = 0; k < kSamplesOfAKind; ++k) {
    const auto normal = samples[k].data<float>().subspan(first, reach.size());
    const auto one_sided = samples[kSamplesOfAKind + k].data<float>().subspan(first, reach.size());
    for (std::size_t i = 0; i < reach.size(); ++i) {
      squares[i] += static_cast<double>(normal[i]) * static_cast<double>(normal[i]);
      magnitudes[i * kSamplesOfAKind + k] = std::fabs(one_sided[i]);
    }
  }
  for (std::size_t i = 0; i < reach.size(); ++i) {
    const auto begin = magnitudes.begin() + static_cast<std::ptrdiff_t>(i * kSamplesOfAKind);
    const auto median = begin + kSamplesOfAKind / 2;
    std::nth_element(begin, median, begin + kSamplesOfAKind);
    reach[i] = kDeviations * kRaiseDeviation * std::sqrt(squares[i] / kSamplesOfAKind) +
               kRaiseMagnitude * static_cast<double>(*median);
  }
}

Tensor reach_of(const std::vector<Tensor>& samples) {
  Tensor reach(DataType::kDouble, samples.front().dims());
  const auto to = reach.mutable_data<double>();
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, to.size(), kElementsOfTask), [&](const auto& range) {
    for (std::size_t i = range.begin(); i < range.end(); i += kElementsOfTask)
      reach_of_block(samples, i, to.subspan(i, std::min(kElementsOfTask, range.end() - i)));
  });
  return reach;
}

}  // namespace

UncertainValue exact_value(Tensor tensor) {
  UncertainValue value;
  if (tensor.dtype() == DataType::kDouble) {
    value.single = single_of(tensor);
    value.exact = std::move(tensor);
  } else if (tensor.dtype() == DataType::kFloat) {
    value.exact = Tensor(DataType::kDouble, tensor.dims());
    const auto from = tensor.data<float>();
    std::copy(from.begin(), from.end(), value.exact.mutable_data<double>().begin());
    value.single = std::move(tensor);
  } else {
    value.exact = std::move(tensor);
  }
  return value;
}

Result<std::vector<Tensor>> new_samples(const MemoryBudget& memory, const Dims& dims) {
  std::vector<Tensor> samples;
  for (std::size_t k = 0; k < kSamples; ++k) {
    auto sample = memory.allocate(DataType::kFloat, dims);
    if (!sample) return Error(sample.error());
    samples.push_back(std::move(*sample));
  }
  return samples;
}

Result<std::vector<Tensor>> scaled_samples(const MemoryBudget& memory, const UncertainValue& value,
                                           const Tensor& slope) {
  if (!value.has_error()) return std::vector<Tensor>{};
  auto samples = new_samples(memory, slope.dims());
  if (!samples) return samples;
  const auto factors = slope.data<double>();
  for (std::size_t k = 0; k < kSamples && !is_cut_off(); ++k) {
    const auto from = value.samples[k].data<float>();
    const auto to = (*samples)[k].mutable_data<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i] * static_cast<float>(factors[i]);
  }
  return samples;
}

std::vector<double> shared_normals(std::uint64_t seed, std::size_t sample, std::size_t count) {
  Draws draws(seed * kSamples + sample);
  std::vector<double> normals(count);
  for (double& normal : normals) normal = static_cast<double>(draws.from(normal_numbers()));
  return normals;
}

namespace {

// A sum of up to 2^13 terms, each flushed: far below what matters to a sum of ordinary numbers.
constexpr double kFlushed = 0x1p-113;

void allow_flushing(Tensor& magnitudes) {
  if (magnitudes.is_set())
    magnitudes = map(magnitudes, [](double magnitude) { return magnitude + kFlushed; });
}

}  // namespace

Result<UncertainValue> with_error(const MemoryBudget& memory, Tensor exact, NewError error,
                                  std::uint64_t seed) {
  UncertainValue value = exact_value(std::move(exact));
  const bool adds = error.independent.is_set() || error.one_sided.is_set();
  if (error.samples.empty() && !adds) return value;
  if (error.samples.empty()) {
    auto samples = new_samples(memory, value.exact.dims());
    if (!samples) return Error(samples.error());
    error.samples = std::move(*samples);
  }
  // Below the normal numbers rounding is absolute, and engines may flush to zero.
  allow_flushing(error.independent);
  allow_flushing(error.one_sided);
  add_noise(error.independent, normal_numbers(), 0, seed, error.samples);
  add_noise(error.one_sided, cauchy_numbers(), kSamplesOfAKind, seed, error.samples);
  value.reach = reach_of(error.samples);
  value.samples = std::move(error.samples);
  return value;
}

}  // namespace padproof::verifier
