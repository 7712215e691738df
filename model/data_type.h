// SPDX-License-Identifier: Apache-2.0
// Element types, numbered as in ONNX TensorProto.DataType (IR version 13 and before).
#pragma once

#include <cstdint>
#include <string>

namespace padproof::model {

enum class DataType : std::int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16,
};

/// Bits per element; 0 for strings and for types this table does not know.
int element_bits(DataType type);

/// The ONNX name in lower case (`float`, `int64`), `type#N` for one that is not known.
std::string to_string(DataType type);

}  // namespace padproof::model
