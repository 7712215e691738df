// SPDX-License-Identifier: Apache-2.0
// The .npy format: one array, a textual header before its elements.
// Source: numpy.lib.format versions 1.0 to 3.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/data_type.h"
#include "model/result.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

struct NpyHeader {
  model::DataType dtype = model::DataType::kUndefined;
  Dims dims;
  bool fortran_order = false;
  std::uint64_t size_bytes = 0;  // of magic, version, length and text: where the elements start
};

/// More than any header that NumPy writes for a plain array.
inline constexpr std::size_t kMaxNpyHeader = 65'536;

/// Reads the header at the start of `bytes`, which holds the whole file or its first kMaxNpyHeader bytes.
/// Structured and object types and big-endian data are kUnsupported, anything unexpected is kMalformed.
model::Result<NpyHeader> read_npy_header(std::string_view bytes);

/// Header of version 1.0 for the tensor, padded to 64 bytes as NumPy does. kUnsupported for types NumPy
/// lacks.
model::Result<std::string> npy_header(const Tensor& tensor);

}  // namespace padproof::verifier
