// SPDX-License-Identifier: Apache-2.0
#include "model/onnx/fields.h"
#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

Result<Extent> parse_dimension(const Rope& source, const Field& field) {
  if (auto checked = expect_message(field); !checked) return Error(checked.error());
  Extent extent;
  auto read = for_each_field(source, field.body, [&](const Field& inner) -> Result<void> {
    if (inner.number == fields::dimension_proto::kDimValue) {
      const auto value = read_int(inner);
      if (!value) return Error(value.error());
      // Exporters write -1 for "any"; runtimes read it so.
      extent = *value < 0 ? Extent() : Extent(*value);
    } else if (inner.number == fields::dimension_proto::kDimParam) {
      const auto name = read_bytes(source, inner);
      if (!name) return Error(name.error());
      extent = Extent::symbol(*name);
    }
    return {};
  });
  if (!read) return Error(read.error());
  return extent;
}

Result<void> parse_tensor_type(const Rope& source, const Field& field, ValueType& type) {
  if (auto checked = expect_message(field); !checked) return checked;
  type.is_tensor = true;
  return for_each_field(source, field.body, [&](const Field& inner) -> Result<void> {
    if (inner.number == fields::tensor_type_proto::kElemType) {
      const auto dtype = read_int32(inner);
      if (!dtype) return Error(dtype.error());
      type.dtype = static_cast<DataType>(*dtype);
      return {};
    }
    if (inner.number != fields::tensor_type_proto::kShape) return {};
    if (auto checked = expect_message(inner); !checked) return checked;
    type.shape.emplace();
    return for_each_field(source, inner.body, [&](const Field& dim) -> Result<void> {
      if (dim.number != fields::shape_proto::kDim) return {};
      auto extent = parse_dimension(source, dim);
      if (!extent) return Error(extent.error());
      type.shape->push_back(std::move(*extent));
      return {};
    });
  });
}

}  // namespace

Result<ValueType> parse_type(const Rope& source, ByteSpan span) {
  ValueType type;
  type.message = source.view(span.begin, span.end);
  auto read = for_each_field(source, span, [&](const Field& field) -> Result<void> {
    if (field.number == fields::type_proto::kTensorType) return parse_tensor_type(source, field, type);
    return {};
  });
  if (!read) return Error(read.error());
  return type;
}

}  // namespace padproof::model::onnx_reader
