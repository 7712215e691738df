// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "model/onnx/fields.h"
#include "model/onnx/parse.h"
#include "model/onnx/reader.h"

namespace padproof::model {
namespace onnx_reader {
namespace {

namespace tensor_fields = fields::tensor_proto;

Result<std::uint64_t> parse_unsigned(std::string_view key, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return malformed("external-data", fmt::format("external data entry '{}' is not a number", key),
                     std::string(text));
  }
  return value;
}

Result<void> parse_external_entry(const Rope& source, const Field& field, ExternalData& external) {
  if (auto checked = expect_message(field); !checked) return checked;
  std::string_view key;
  std::string_view value;
  auto read = for_each_field(source, field.body, [&](const Field& inner) -> Result<void> {
    if (inner.number == fields::string_entry_proto::kKey) return read_bytes_into(source, inner, key);
    if (inner.number == fields::string_entry_proto::kValue) return read_bytes_into(source, inner, value);
    return {};
  });
  if (!read) return read;
  if (key == "location") external.location = value;
  if (key != "offset" && key != "length") return {};
  const auto number = parse_unsigned(key, value);
  if (!number) return Error(number.error());
  if (key == "offset") external.offset_bytes = *number;
  if (key == "length") external.length_bytes = *number;
  return {};
}

struct TensorParser {
  const Rope& source;
  TensorRef& tensor;
  bool has_raw = false;
  bool is_external = false;
  std::uint32_t elements_in = 0;  // the field

  Result<void> operator()(const Field& field) {
    switch (field.number) {
      case tensor_fields::kDims:
        return read_ints(source, field, tensor.dims);
      case tensor_fields::kDataType: {
        const auto type = read_int32(field);
        if (!type) return Error(type.error());
        tensor.dtype = static_cast<DataType>(*type);
        return {};
      }
      case tensor_fields::kName:
        return read_bytes_into(source, field, tensor.name);
      case tensor_fields::kRawData:
        if (has_raw) return malformed("given-twice", "a tensor has raw_data twice");
        has_raw = true;
        return read_bytes_into(source, field, tensor.raw);
      case tensor_fields::kExternalData:
        return parse_external_entry(source, field, tensor.external);
      case tensor_fields::kDataLocation: {
        // Protobuf keeps 32 bits of it, and of those only what it knows: other numbers are read in two ways.
        const auto location = read_int(field);
        if (!location) return Error(location.error());
        if (*location != 0 && *location != 1)
          return malformed("data-location", "a tensor is at a place of no known kind",
                           std::to_string(*location), "0 or 1");
        is_external = *location == 1;
        return {};
      }
      default:
        return note_elements(field);
    }
  }

  // float_data and its kin, packed or not.
  Result<void> note_elements(const Field& field) {
    constexpr std::uint32_t kElementFields[] = {tensor_fields::kFloatData,  tensor_fields::kInt32Data,
                                                tensor_fields::kStringData, tensor_fields::kInt64Data,
                                                tensor_fields::kDoubleData, tensor_fields::kUint64Data};
    const bool holds_elements = std::find(std::begin(kElementFields), std::end(kElementFields),
                                          field.number) != std::end(kElementFields);
    const bool is_empty = field.type == WireType::kLength && field.body.begin == field.body.end &&
                          field.number != tensor_fields::kStringData;
    if (!holds_elements || is_empty) return {};
    if (elements_in != 0 && elements_in != field.number)
      return malformed("given-twice", "a tensor has elements of two kinds");
    elements_in = field.number;
    return {};
  }

  // Readers differ over which of several counts.
  [[nodiscard]] Result<void> check_places() const {
    const int places =
        (elements_in != 0 ? 1 : 0) + (has_raw && !tensor.raw.empty() ? 1 : 0) + (is_external ? 1 : 0);
    if (places <= 1) return {};
    return malformed("given-twice",
                     "the elements of tensor '" + printable(tensor.name) + "' are at two places");
  }
};

Result<void> check_dims(const std::vector<std::int64_t>& dims, std::string_view name) {
  for (const std::int64_t dim : dims) {
    if (dim < 0) {
      return malformed("negative-dim", "tensor '" + std::string(name) + "' has a negative dimension",
                       std::to_string(dim), ">= 0");
    }
  }
  return {};
}

}  // namespace

Result<TensorRef> parse_tensor(const Rope& source, ByteSpan span) {
  TensorRef tensor;
  tensor.origin = span;
  tensor.message = source.view(span.begin, span.end);
  TensorParser parser{source, tensor};
  if (auto read = for_each_field(source, span, [&](const Field& field) { return parser(field); }); !read) {
    return Error(read.error());
  }
  if (auto checked = parser.check_places(); !checked) return Error(checked.error());
  if (parser.is_external) {
    tensor.storage = Storage::kExternal;
  } else if (parser.has_raw) {
    tensor.storage = Storage::kRaw;
  }
  if (auto checked = check_dims(tensor.dims, tensor.name); !checked) return Error(checked.error());
  return tensor;
}

Result<SparseTensorRef> parse_sparse_tensor(const Rope& source, ByteSpan span) {
  SparseTensorRef sparse;
  sparse.origin = span;
  sparse.message = source.view(span.begin, span.end);
  auto read = for_each_field(source, span, [&](const Field& field) -> Result<void> {
    if (field.number == fields::sparse_tensor_proto::kDims) return read_ints(source, field, sparse.dims);
    const bool is_values = field.number == fields::sparse_tensor_proto::kValues;
    if (!is_values && field.number != fields::sparse_tensor_proto::kIndices) return {};
    if (auto checked = expect_message(field); !checked) return checked;
    auto tensor = parse_tensor(source, field.body);
    if (!tensor) return Error(tensor.error());
    (is_values ? sparse.values : sparse.indices) = std::move(*tensor);
    return {};
  });
  if (!read) return Error(read.error());
  if (auto checked = check_dims(sparse.dims, sparse.values.name); !checked) return Error(checked.error());
  return sparse;
}

}  // namespace onnx_reader

Result<TensorRef> read_tensor(const Rope& source) {
  return onnx_reader::parse_tensor(source, {0, source.size()});
}

}  // namespace padproof::model
