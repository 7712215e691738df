// SPDX-License-Identifier: Apache-2.0
// Scratch memory of a kernel, not initialised, aligned for any vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

namespace padproof::verifier::simd {

class AlignedFloats {
 public:
  explicit AlignedFloats(std::int64_t count)
      : data_(static_cast<float*>(
            ::operator new(static_cast<std::size_t>(count) * sizeof(float), kAlignment))) {}
  AlignedFloats(const AlignedFloats&) = delete;
  AlignedFloats& operator=(const AlignedFloats&) = delete;
  ~AlignedFloats() { ::operator delete(data_, kAlignment); }
  [[nodiscard]] float* data() const { return data_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  float* data_;
};

}  // namespace padproof::verifier::simd
