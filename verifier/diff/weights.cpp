// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/weights.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "model/tensor_values.h"
#include "verifier/same_bytes.h"

namespace padproof::verifier {
namespace {

constexpr std::int64_t kChannels = 8;  // of a sample
constexpr std::int64_t kElements = 16;

/// The elements of a tensor as floats, decoded only if they do not lie in the file as they are.
class Floats {
 public:
  explicit Floats(const model::TensorRef& tensor)
      : dtype_(tensor.dtype), unit_(tensor.dtype == model::DataType::kFloat ? sizeof(float) : 1) {
    if (dtype_ != model::DataType::kFloat && dtype_ != model::DataType::kInt8 &&
        dtype_ != model::DataType::kUint8)
      return;
    const auto count = model::element_count(tensor);
    if (!count) return;
    if (tensor.storage == model::Storage::kRaw) {
      bytes_ = tensor.raw;
    } else if (tensor.storage == model::Storage::kExternal) {
      if (const auto external = model::read_external(tensor)) bytes_ = *external;
    } else if (auto packed = model::read_packed(tensor)) {
      decoded_ = std::move(*packed);
      bytes_ = decoded_;
    }
    is_known_ = bytes_.size() / unit_ == static_cast<std::uint64_t>(*count) && bytes_.size() % unit_ == 0;
  }
  Floats(const Floats&) = delete;
  Floats& operator=(const Floats&) = delete;

  [[nodiscard]] bool is_known() const { return is_known_; }
  /// As floats, and not as what they are made of.
  [[nodiscard]] bool are_stored() const { return dtype_ == model::DataType::kFloat; }
  [[nodiscard]] const char* stored_at(std::int64_t index) const {
    return bytes_.data() + static_cast<std::size_t>(index) * unit_;
  }
  [[nodiscard]] float at(std::int64_t index) const {
    const char* const from = stored_at(index);
    float value = 0;
    if (dtype_ == model::DataType::kFloat)
      std::memcpy(&value, from, sizeof value);
    else
      value = dtype_ == model::DataType::kInt8 ? static_cast<float>(static_cast<signed char>(*from))
                                               : static_cast<float>(static_cast<unsigned char>(*from));
    return value;
  }

 private:
  model::DataType dtype_;
  std::size_t unit_;  // bytes of an element
  std::string decoded_;
  model::Bytes bytes_;
  bool is_known_ = false;
};

std::int64_t elements_of_channel(const Weights& weights) {
  std::int64_t count = 1;
  for (std::size_t i = 1; i < weights.dims.size(); ++i) count *= weights.dims[i];
  return count;
}

/// Where element `index` of a channel lies, counted from the channel's first.
std::int64_t place_of(const Weights& weights, std::int64_t index) {
  std::int64_t place = 0;
  for (std::size_t i = weights.dims.size(); i-- > 1;) {
    place += index % weights.dims[i] * weights.steps[i];
    index /= weights.dims[i];
  }
  return place;
}

/// Visits the places of a channel's elements in the order of dims, without dividing.
template <class Step>
void each_place(const Weights& weights, Step&& step) {
  const std::size_t rank = weights.dims.size();
  std::vector<std::int64_t> at(rank, 0);
  std::int64_t place = 0;
  const std::int64_t count = elements_of_channel(weights);
  for (std::int64_t index = 0; index < count; ++index) {
    step(index, place);
    for (std::size_t i = rank; i-- > 1;) {
      place += weights.steps[i];
      if (++at[i] < weights.dims[i]) break;
      place -= weights.steps[i] * weights.dims[i];
      at[i] = 0;
    }
  }
}

/// One output channel as floats in the order of dims: where they lie, if they lie so, or gathered.
class Channel {
 public:
  Channel(const Weights& weights, const Floats& floats, std::int64_t channel) {
    const std::int64_t first = channel * weights.steps[0];
    if (floats.are_stored() && is_contiguous(weights)) {
      elements_ = floats.stored_at(first);
      return;
    }
    gathered_.resize(static_cast<std::size_t>(elements_of_channel(weights)));
    each_place(weights, [&](std::int64_t index, std::int64_t place) {
      gathered_[static_cast<std::size_t>(index)] = floats.at(first + place);
    });
    elements_ = reinterpret_cast<const char*>(gathered_.data());
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] const char* elements() const { return elements_; }

 private:
  static bool is_contiguous(const Weights& weights) {
    std::int64_t step = 1;
    for (std::size_t i = weights.dims.size(); i-- > 1; step *= weights.dims[i])
      if (weights.steps[i] != step) return false;
    return true;
  }

  std::vector<float> gathered_;
  const char* elements_ = nullptr;
};

// Types that are only compared bit for bit.
Sample sample_of_bytes(const model::TensorRef& tensor) {
  Sample sample;
  const auto packed = model::read_packed(tensor);
  if (!packed) return sample;
  const std::size_t step = packed->size() / 256 + 1;
  for (std::size_t i = 0; i < packed->size(); i += step)
    sample.push_back(static_cast<float>(static_cast<unsigned char>((*packed)[i])));
  return sample;
}

}  // namespace

Sample sample_of(const Weights& weights) {
  Sample sample;
  if (!weights.is_known()) return sample;
  const Floats floats(*weights.constant);
  const std::int64_t count = elements_of_channel(weights);
  if (!floats.is_known()) return sample_of_bytes(*weights.constant);
  if (count == 0) return sample;
  const std::int64_t channels = std::min(kChannels, weights.dims[0]);
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t first = c * weights.dims[0] / channels * weights.steps[0];
    float largest = 0;
    const std::size_t begin = sample.size();
    for (std::int64_t i = 0; i < std::min(kElements, count); ++i) {
      const float value = floats.at(first + place_of(weights, i * count / std::min(kElements, count)));
      sample.push_back(value);
      if (std::fabs(value) > std::fabs(largest)) largest = value;
    }
    for (std::size_t i = begin; largest != 0 && i < sample.size(); ++i) sample[i] /= largest;
  }
  return sample;
}

bool are_close(const Sample& left, const Sample& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!(std::fabs(left[i] - right[i]) <= 10 * kClose)) return false;
  return true;
}

std::vector<float> channel_factors(const Weights& left, const Weights& right) {
  std::vector<float> factors;
  const bool are_comparable = left.is_known() && right.is_known() && !left.is_scaled && !right.is_scaled &&
                              left.dims[0] == right.dims[0] &&
                              elements_of_channel(left) == elements_of_channel(right);
  const std::int64_t count = are_comparable ? elements_of_channel(left) : 0;
  if (count == 0) return factors;
  const Floats mine(*left.constant);
  const Floats theirs(*right.constant);
  if (!mine.are_stored() || !theirs.are_stored() || !mine.is_known() || !theirs.is_known()) return factors;
  const std::int64_t samples = std::min(kElements, count);
  for (std::int64_t c = 0; c < left.dims[0]; ++c) {
    float largest = 0;
    float factor = std::numeric_limits<float>::quiet_NaN();
    for (std::int64_t i = 0; i < samples; ++i) {
      const std::int64_t index = i * count / samples;
      const float value = mine.at(c * left.steps[0] + place_of(left, index));
      if (!(std::fabs(value) > largest)) continue;
      largest = std::fabs(value);
      factor = theirs.at(c * right.steps[0] + place_of(right, index)) / value;
    }
    factors.push_back(factor);
  }
  return factors;
}

Weights without_ones(const Weights& weights) {
  Weights dense = weights;
  dense.dims.clear();
  dense.steps.clear();
  for (std::size_t i = 0; i < weights.dims.size(); ++i) {
    if (i >= 2 && weights.dims[i] == 1) continue;
    dense.dims.push_back(weights.dims[i]);
    dense.steps.push_back(weights.steps[i]);
  }
  return dense;
}

SameWeights compare_weights(const Weights& left, const Weights& right) {
  if (!left.is_known() || !right.is_known()) return SameWeights::kNo;
  if (left.dims != right.dims) {
    const Weights mine = without_ones(left);
    const Weights theirs = without_ones(right);
    return mine.dims == theirs.dims ? compare_weights(mine, theirs) : SameWeights::kNo;
  }
  if (left.constant->dtype != right.constant->dtype) return SameWeights::kNo;
  const SameWeights same_elements =
      left.is_scaled || right.is_scaled ? SameWeights::kScaled : SameWeights::kBits;
  if (left.steps == right.steps) {
    const bool are_raw =
        left.constant->storage == model::Storage::kRaw && right.constant->storage == model::Storage::kRaw;
    const auto same = are_raw ? model::Result<bool>(same_bytes(left.constant->raw, right.constant->raw))
                              : model::same_elements(*left.constant, *right.constant);
    if (same && *same) return same_elements;
  }
  const Floats mine(*left.constant);
  const Floats theirs(*right.constant);
  if (!mine.is_known() || !theirs.is_known()) return SameWeights::kNo;
  std::atomic<bool> has_same_bits = true;
  std::atomic<bool> is_same = true;
  tbb::parallel_for(std::int64_t{0}, left.dims[0], [&](std::int64_t channel) {
    if (!is_same) return;
    const SameWeights same =
        same_up_to_factor(Channel(left, mine, channel).elements(), Channel(right, theirs, channel).elements(),
                          static_cast<std::size_t>(elements_of_channel(left)));
    if (same == SameWeights::kNo) is_same = false;
    if (same != SameWeights::kBits) has_same_bits = false;
  });
  if (!is_same) return SameWeights::kNo;
  return has_same_bits ? same_elements : SameWeights::kScaled;
}

}  // namespace padproof::verifier
