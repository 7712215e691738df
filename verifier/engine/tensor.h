// SPDX-License-Identifier: Apache-2.0
// A dense tensor of the reference engine: row-major, little-endian, owned or viewing constant bytes of the
// model file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/data_type.h"
#include "model/result.h"
#include "model/tensor_ref.h"

namespace padproof::verifier {

using Dims = std::vector<std::int64_t>;

class Tensor {
 public:
  Tensor() = default;
  /// Zero-filled. Requires that element_count(dims) * element size fits the memory limit the caller has
  /// checked.
  Tensor(model::DataType dtype, Dims dims);
  /// Over storage of at least the tensor's size that nobody else writes to.
  Tensor(model::DataType dtype, Dims dims, std::shared_ptr<std::byte[]> storage);
  /// Views `bytes` without a copy if aligned for the type, otherwise copies. `bytes` must outlive the tensor
  /// and hold exactly the tensor's elements.
  static Tensor view(model::DataType dtype, Dims dims, model::Bytes bytes);
  /// The same at any address, never a copy: only bytes() may be asked for where is_aligned() is false.
  static Tensor view_in_place(model::DataType dtype, Dims dims, model::Bytes bytes);

  [[nodiscard]] model::DataType dtype() const { return dtype_; }
  [[nodiscard]] const Dims& dims() const { return dims_; }
  [[nodiscard]] std::int64_t size() const { return size_; }  // elements
  [[nodiscard]] std::size_t rank() const { return dims_.size(); }
  [[nodiscard]] model::Bytes bytes() const;
  [[nodiscard]] bool is_aligned() const;
  /// False for a tensor that was never given a type.
  [[nodiscard]] bool is_set() const { return dtype_ != model::DataType::kUndefined; }

  /// Elements as T; requires that T is the C++ type of dtype(): float, double, bool as uint8_t, ...
  template <class T>
  [[nodiscard]] std::span<const T> data() const;
  /// Write access; requires sole ownership (a tensor just constructed).
  template <class T>
  [[nodiscard]] std::span<T> mutable_data();
  [[nodiscard]] std::byte* mutable_bytes() { return owned_.get(); }

  /// The same elements in storage of its own.
  [[nodiscard]] Tensor copy() const;
  /// Same elements under other dims of the same count; shares the storage.
  [[nodiscard]] Tensor reshaped(Dims dims) const;

 private:
  model::DataType dtype_ = model::DataType::kUndefined;
  Dims dims_;
  std::int64_t size_ = 0;
  std::shared_ptr<std::byte[]> owned_;  // null when viewing
  const std::byte* data_ = nullptr;
};

/// Bytes per element; 0 for types that the engine cannot hold (strings, packed 4-bit types).
std::size_t element_bytes(model::DataType dtype);

/// Product of dims; an error if one is negative or the product of those that are not 0 leaves 63 bits.
model::Result<std::int64_t> count_elements(const Dims& dims);

/// The constant's elements, where they lie if they are aligned: the model must outlive the tensor.
model::Result<Tensor> from_constant(const model::TensorRef& constant);
/// The same, not copied if it can be helped: see Tensor::view_in_place.
model::Result<Tensor> from_constant_in_place(const model::TensorRef& constant);

/// Same type, dims and bits.
bool same_bits(const Tensor& left, const Tensor& right);

/// `2x3x4`; `scalar` for rank 0.
std::string to_string(const Dims& dims);

template <class T>
std::span<const T> Tensor::data() const {
  return {reinterpret_cast<const T*>(data_), static_cast<std::size_t>(size_)};
}

template <class T>
std::span<T> Tensor::mutable_data() {
  return {reinterpret_cast<T*>(owned_.get()), static_cast<std::size_t>(size_)};
}

}  // namespace padproof::verifier
