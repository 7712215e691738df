// SPDX-License-Identifier: Apache-2.0
#include "model/tensor_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "model/extent.h"
#include "model/graph.h"
#include "model/mapped_file.h"
#include "model/onnx/fields.h"
#include "model/onnx/parse.h"
#include "model/side_files.h"

namespace padproof::model {
namespace {

namespace tensor_fields = fields::tensor_proto;
using onnx_reader::for_each_field;

constexpr std::uint64_t kLargestElementBytes = 16;  // complex128

Error about(const TensorRef& tensor, const Error& error) {
  Diagnostic diagnostic = error.value();
  diagnostic.what = "tensor '" + std::string(tensor.name) + "': " + diagnostic.what;
  return Error(std::move(diagnostic));
}

// Typed fields hold small types widened: int32_data carries int8..int32, bool, float16 and bfloat16 bits.
void append_low_bytes(std::string& out, std::uint64_t value, std::size_t size_bytes) {
  // Wider elements (complex128) are not kept in integers: too few bytes come out, which the caller notices.
  size_bytes = std::min(size_bytes, sizeof value);
  for (std::size_t i = 0; i < size_bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

Result<void> append_words(const Rope& source, const Field& field, WireType single, std::size_t size_bytes,
                          std::string& out) {
  if (field.type == single) {
    append_low_bytes(out, field.value, size_bytes);
    return {};
  }
  const auto packed = onnx_reader::read_bytes(source, field);
  if (!packed) return Error(packed.error());
  out += *packed;
  return {};
}

Result<void> append_typed(const Rope& source, const Field& field, std::size_t element_bytes,
                          std::string& out) {
  switch (field.number) {
    case tensor_fields::kFloatData:
      return append_words(source, field, WireType::kFixed32, 4, out);
    case tensor_fields::kDoubleData:
      return append_words(source, field, WireType::kFixed64, 8, out);
    case tensor_fields::kInt32Data:
    case tensor_fields::kInt64Data:
    case tensor_fields::kUint64Data: {
      std::vector<std::int64_t> values;
      if (auto read = onnx_reader::read_ints(source, field, values); !read) return read;
      for (const std::int64_t value : values)
        append_low_bytes(out, static_cast<std::uint64_t>(value), element_bytes);
      return {};
    }
    default:
      return {};
  }
}

Result<std::uint64_t> packed_size(const TensorRef& tensor) {
  const auto count = element_count(tensor);
  if (!count) return Error(count.error());
  const int bits = element_bits(tensor.dtype);
  if (bits == 0) {
    return about(tensor,
                 unsupported("element-type", "its element type has no fixed size", to_string(tensor.dtype)));
  }
  const auto total_bits = checked_multiply(*count, bits);
  if (!total_bits) return about(tensor, malformed("overflow", "its size in bits leaves 63 bits"));
  return (static_cast<std::uint64_t>(*total_bits) + 7) / 8;
}

Result<std::string> decode_typed(const TensorRef& tensor) {
  Rope message;
  message.append(tensor.message);
  std::string out;
  const auto element_bytes = static_cast<std::size_t>(element_bits(tensor.dtype) + 7) / 8;
  auto read = for_each_field(message, {0, message.size()}, [&](const Field& field) {
    return append_typed(message, field, element_bytes, out);
  });
  if (!read) return Error(read.error());
  return out;
}

template <class T>
void widen(const std::string& packed, std::vector<std::int64_t>& out) {
  out.resize(packed.size() / sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, packed.data() + i * sizeof(T), sizeof(T));
    out[i] = static_cast<std::int64_t>(value);  // NOLINT(bugprone-signed-char-misuse): int8 is a number here
  }
}

bool is_external(const TensorRef& tensor) { return tensor.storage == Storage::kExternal; }

/// One place in one folder holds one content, whatever it is.
bool same_reference(const ExternalData& left, const ExternalData& right) {
  if (left.files == nullptr || right.files == nullptr || left.files->folder() != right.files->folder())
    return false;
  return left.location == right.location && left.offset_bytes == right.offset_bytes &&
         left.length_bytes == right.length_bytes;
}

/// The elements as they lie in a file; `decoded` holds them if they must be put together first.
Result<Bytes> packed_bytes(const TensorRef& tensor, std::string& decoded) {
  if (is_external(tensor)) return read_external(tensor);
  auto packed = read_packed(tensor);
  if (!packed) return Error(packed.error());
  decoded = std::move(*packed);
  return Bytes(decoded);
}

}  // namespace

Result<std::int64_t> element_count(const TensorRef& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t dim : tensor.dims) {
    if (dim < 0)
      return about(tensor, malformed("negative-dim", "a dimension is negative", std::to_string(dim), ">= 0"));
    const auto product = checked_multiply(count, dim);
    if (!product) return about(tensor, malformed("overflow", "its element count leaves 63 bits"));
    count = *product;
  }
  return count;
}

Result<void> check_size(const TensorRef& tensor) {
  if (is_external(tensor) || element_bits(tensor.dtype) == 0) return {};
  const auto size = packed_size(tensor);
  if (!size) return Error(size.error());
  const bool is_raw = tensor.storage == Storage::kRaw;
  // A number takes at least a byte in a typed field, and no byte there holds more than one of the smallest
  // elements.
  const std::uint64_t least = is_raw ? *size : *size / kLargestElementBytes;
  const std::uint64_t held = is_raw ? tensor.raw.size() : tensor.message.size();
  if (is_raw ? held == least : held >= least) return {};
  return about(tensor, malformed("tensor-size", "its bytes contradict its dims", std::to_string(held),
                                 fmt::format("{}{} bytes", is_raw ? "" : "at least ", least)));
}

Result<Bytes> read_external(const TensorRef& tensor) {
  if (tensor.external.files == nullptr)
    return about(tensor, unsupported("external-data", "its elements are in another file"));
  const auto size = packed_size(tensor);
  if (!size) return Error(size.error());
  const auto bytes = tensor.external.files->read(tensor.external, *size);
  if (!bytes) return Error(about(tensor, Error(bytes.error())));
  return *bytes;
}

Result<std::string> read_packed(const TensorRef& tensor) {
  if (is_external(tensor))
    return about(tensor, unsupported("external-data", "its elements are in another file"));
  const auto expected = packed_size(tensor);
  if (!expected) return Error(expected.error());
  // The size is checked first: dims are free to claim anything.
  if (tensor.storage == Storage::kRaw && tensor.raw.size() != *expected) {
    return about(tensor, malformed("tensor-size", "its bytes contradict its dims",
                                   std::to_string(tensor.raw.size()), std::to_string(*expected)));
  }
  if (tensor.storage == Storage::kRaw) return std::string(tensor.raw);
  auto typed = decode_typed(tensor);
  if (!typed) return Error(about(tensor, Error(typed.error())));
  if (typed->size() != *expected) {
    return about(tensor, malformed("tensor-size", "its elements contradict its dims",
                                   std::to_string(typed->size()), fmt::format("{} bytes", *expected)));
  }
  return typed;
}

Result<std::vector<std::int64_t>> read_integers(const TensorRef& tensor) {
  std::vector<std::int64_t> out;
  const auto packed = read_packed(tensor);
  if (!packed) return Error(packed.error());
  switch (tensor.dtype) {
    case DataType::kInt8:
      widen<std::int8_t>(*packed, out);
      break;
    case DataType::kInt16:
      widen<std::int16_t>(*packed, out);
      break;
    case DataType::kInt32:
      widen<std::int32_t>(*packed, out);
      break;
    case DataType::kInt64:
      widen<std::int64_t>(*packed, out);
      break;
    case DataType::kBool:
    case DataType::kUint8:
      widen<std::uint8_t>(*packed, out);
      break;
    case DataType::kUint16:
      widen<std::uint16_t>(*packed, out);
      break;
    case DataType::kUint32:
      widen<std::uint32_t>(*packed, out);
      break;
    case DataType::kUint64:
      widen<std::uint64_t>(*packed, out);
      break;
    default:
      return about(tensor,
                   unsupported("element-type", "its elements are not integers", to_string(tensor.dtype)));
  }
  return out;
}

void release(const Model& model, const TensorRef& tensor) {
  constexpr std::size_t kWorthACall = 1U << 16U;
  if (tensor.raw.size() < kWorthACall || model.source == nullptr) return;
  if (const MappedFile* const file = model.source->file_of(tensor.raw)) file->release(tensor.raw);
}

Result<bool> same_elements(const TensorRef& left, const TensorRef& right) {
  if (left.dtype != right.dtype || left.dims != right.dims) return false;
  if (is_external(left) && is_external(right) && same_reference(left.external, right.external)) return true;
  // One address, one content: the usual case for a rewritten model, whatever its size.
  const bool any_external = is_external(left) || is_external(right);
  if (!any_external && left.message.data() == right.message.data() &&
      left.message.size() == right.message.size())
    return true;
  if (left.storage == Storage::kRaw && right.storage == Storage::kRaw) return left.raw == right.raw;
  if (element_bits(left.dtype) == 0) {
    if (!any_external && left.message == right.message) return true;
    return unsupported("element-type", "cannot compare elements of this type", to_string(left.dtype));
  }
  std::string left_decoded;
  std::string right_decoded;
  const auto mine = packed_bytes(left, left_decoded);
  if (!mine) return Error(mine.error());
  const auto theirs = packed_bytes(right, right_decoded);
  if (!theirs) return Error(theirs.error());
  return *mine == *theirs;
}

}  // namespace padproof::model
