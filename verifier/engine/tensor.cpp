// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/tensor.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "model/inference_budget.h"
#include "model/tensor_values.h"
#include "verifier/same_bytes.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

static_assert(std::endian::native == std::endian::little, "tensors hold little-endian bytes as files do");

std::int64_t product(const Dims& dims) {
  std::int64_t count = 1;
  for (const std::int64_t extent : dims) count *= extent;
  return count;
}

std::shared_ptr<std::byte[]> zeroed(std::size_t size_bytes) {
  // calloc: large blocks come as untouched zero pages. One byte more, so that an empty tensor has an address.
  auto* const block = static_cast<std::byte*>(std::calloc(size_bytes + 1, 1));
  if (block == nullptr) throw std::bad_alloc();
  return {block, [](std::byte* memory) { std::free(memory); }};
}

std::size_t size_bytes(DataType dtype, std::int64_t count) {
  return element_bytes(dtype) * static_cast<std::size_t>(count);
}

/// The elements where they are; of nothing a tensor of its own, that has an address.
Tensor in_place(const model::TensorRef& constant, model::Bytes bytes) {
  if (bytes.empty()) return Tensor(constant.dtype, constant.dims);
  return Tensor::view_in_place(constant.dtype, constant.dims, bytes);
}

/// Kernels rely on booleans being 0 or 1; a file may hold any byte.
Tensor normalized_booleans(Tensor tensor) {
  const auto values = tensor.data<std::uint8_t>();
  if (std::all_of(values.begin(), values.end(), [](std::uint8_t value) { return value <= 1; })) return tensor;
  Tensor copy(tensor.dtype(), tensor.dims());
  std::transform(values.begin(), values.end(), copy.mutable_data<std::uint8_t>().begin(),
                 [](std::uint8_t value) { return static_cast<std::uint8_t>(value != 0); });
  return copy;
}

}  // namespace

Tensor::Tensor(DataType dtype, Dims dims)
    : dtype_(dtype),
      dims_(std::move(dims)),
      size_(product(dims_)),
      owned_(zeroed(size_bytes(dtype, size_))),
      data_(owned_.get()) {}

Tensor::Tensor(DataType dtype, Dims dims, std::shared_ptr<std::byte[]> storage)
    : dtype_(dtype),
      dims_(std::move(dims)),
      size_(product(dims_)),
      owned_(std::move(storage)),
      data_(owned_.get()) {}

Tensor Tensor::view(DataType dtype, Dims dims, model::Bytes bytes) {
  Tensor tensor = view_in_place(dtype, std::move(dims), bytes);
  return tensor.is_aligned() && !bytes.empty() ? tensor : tensor.copy();
}

Tensor Tensor::view_in_place(DataType dtype, Dims dims, model::Bytes bytes) {
  Tensor tensor;
  tensor.dtype_ = dtype;
  tensor.dims_ = std::move(dims);
  tensor.size_ = product(tensor.dims_);
  tensor.data_ = reinterpret_cast<const std::byte*>(bytes.data());
  return tensor;
}

bool Tensor::is_aligned() const {
  const std::size_t alignment = std::max<std::size_t>(1, element_bytes(dtype_));
  return reinterpret_cast<std::uintptr_t>(data_) % alignment == 0;
}

model::Bytes Tensor::bytes() const {
  return {reinterpret_cast<const char*>(data_), size_bytes(dtype_, size_)};
}

Tensor Tensor::copy() const {
  Tensor result(dtype_, dims_);
  if (!bytes().empty()) std::memcpy(result.mutable_bytes(), data_, bytes().size());
  return result;
}

Tensor Tensor::reshaped(Dims dims) const {
  Tensor result = *this;
  result.dims_ = std::move(dims);
  return result;
}

std::size_t element_bytes(DataType dtype) {
  const int bits = model::element_bits(dtype);
  return bits % 8 == 0 ? static_cast<std::size_t>(bits / 8) : 0;
}

Result<std::int64_t> count_elements(const Dims& dims) {
  if (dims.size() > model::kMaxRank)
    return model::unsupported("rank", "too many axes", std::to_string(dims.size()),
                              std::to_string(model::kMaxRank));
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t extent : dims) {
    if (extent < 0) return model::malformed("negative-extent", "negative extent", to_string(dims));
    empty = empty || extent == 0;
    if (extent == 0) continue;
    if (count > std::numeric_limits<std::int64_t>::max() / extent)
      return model::malformed("extent-overflow", "too many elements", to_string(dims), "2^63 - 1");
    count *= extent;
  }
  return empty ? 0 : count;
}

Result<Tensor> from_constant(const model::TensorRef& constant) {
  auto tensor = from_constant_in_place(constant);
  return !tensor || tensor->is_aligned() ? tensor : Result<Tensor>(tensor->copy());
}

Result<Tensor> from_constant_in_place(const model::TensorRef& constant) {
  const std::size_t unit = element_bytes(constant.dtype);
  if (unit == 0)
    return model::unsupported("tensor-type", "the engine cannot hold this element type",
                              model::to_string(constant.dtype));
  const auto count = count_elements(constant.dims);
  if (!count) return Error(count.error());
  Tensor tensor;
  if (constant.storage == model::Storage::kRaw) {
    if (constant.raw.size() % unit != 0 || constant.raw.size() / unit != static_cast<std::uint64_t>(*count))
      return model::malformed("tensor-size", "raw data does not fit the dims",
                              std::to_string(constant.raw.size()) + " bytes",
                              std::to_string(*count) + " elements");
    tensor = in_place(constant, constant.raw);
  } else if (constant.storage == model::Storage::kExternal) {
    const auto bytes = model::read_external(constant);
    if (!bytes) return Error(bytes.error());
    tensor = in_place(constant, *bytes);
  } else {
    const auto packed = model::read_packed(constant);
    if (!packed) return Error(packed.error());
    tensor = Tensor(constant.dtype, constant.dims);
    if (packed->size() != tensor.bytes().size())
      return model::malformed("tensor-size", "typed data does not fit the dims");
    if (!packed->empty()) std::memcpy(tensor.mutable_bytes(), packed->data(), packed->size());
  }
  return constant.dtype == DataType::kBool ? normalized_booleans(std::move(tensor)) : tensor;
}

bool same_bits(const Tensor& left, const Tensor& right) {
  return left.dtype() == right.dtype() && left.dims() == right.dims() &&
         same_bytes(left.bytes(), right.bytes());
}

std::string to_string(const Dims& dims) {
  if (dims.empty()) return "scalar";
  std::string text;
  for (const std::int64_t extent : dims) text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

}  // namespace padproof::verifier
