// SPDX-License-Identifier: Apache-2.0
// A tensor constant of a model file, by reference: its header is read, its elements stay where they are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "model/bytes.h"
#include "model/data_type.h"

namespace padproof::model {

/// Where a tensor's elements are kept.
enum class Storage { kRaw, kTyped, kExternal };

class SideFiles;

/// Reference to a side file, relative to the model's folder; not opened, not checked by the reader.
struct ExternalData {
  std::string_view location;
  std::uint64_t offset_bytes = 0;
  std::optional<std::uint64_t> length_bytes;
  std::shared_ptr<const SideFiles> files;  // of the model; null for a tensor that is read alone
};

/// ONNX TensorProto. `message` is the whole message, `raw` its raw_data (little endian) if storage is kRaw.
/// With kTyped the elements are in the typed fields (float_data, int32_data, ...) of `message`.
struct TensorRef {
  std::string_view name;
  DataType dtype = DataType::kUndefined;
  std::vector<std::int64_t> dims;
  Storage storage = Storage::kTyped;
  Bytes raw;
  Bytes message;
  ExternalData external;
  ByteSpan origin;  // of the message in the file
};

/// ONNX SparseTensorProto: `values` holds the non-zero elements, `indices` their places in `dims`.
struct SparseTensorRef {
  TensorRef values;
  TensorRef indices;
  std::vector<std::int64_t> dims;
  Bytes message;
  ByteSpan origin;
};

}  // namespace padproof::model
