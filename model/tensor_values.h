// SPDX-License-Identifier: Apache-2.0
// Elements of a tensor constant, decoded on demand from raw_data or from the typed fields.
// Sources: onnx.proto TensorProto (IR version 13), fields 4-11.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/tensor_ref.h"

namespace padproof::model {

struct Model;

/// Number of elements; an error if a dimension is negative or the product leaves 63 bits.
Result<std::int64_t> element_count(const TensorRef& tensor);

/// An error if the tensor cannot hold as many elements as its dims say: raw_data must be of just that size,
/// typed fields of enough bytes for it. Nothing is decoded. External data and types of no fixed size are not
/// looked at.
Result<void> check_size(const TensorRef& tensor);

/// All elements as 64-bit integers. For int8..int64, uint8..uint64 (wrapped), bool. External data is
/// kUnsupported.
Result<std::vector<std::int64_t>> read_integers(const TensorRef& tensor);

/// All elements as little-endian bytes of their type, packed as raw_data would hold them; any fixed-size
/// type. raw_data is returned as it is, so its length may be wrong: an error says so.
Result<std::string> read_packed(const TensorRef& tensor);

/// The bytes of an external tensor in its side file, mapped; they live as long as the model. An error if they
/// are not there, lead out of the model's folder or do not fit the dims.
Result<Bytes> read_external(const TensorRef& tensor);

/// Tells that a constant which a mapped file holds will not be read for a while: memory then need not hold
/// all weights at once. Reading it again is no error.
void release(const Model& model, const TensorRef& tensor);

/// Same type, dims and elements, however stored. External tensors of one folder with the same location,
/// offset and length are equal without being read. An error if an encoding is broken or a side file cannot be
/// read.
Result<bool> same_elements(const TensorRef& left, const TensorRef& right);

}  // namespace padproof::model
