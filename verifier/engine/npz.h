// SPDX-License-Identifier: Apache-2.0
// NumPy archives: how inputs come in and outputs go out.
// Source: numpy.lib.npyio; zip through libzip.
#pragma once

#include <string>

#include "model/result.h"
#include "verifier/engine/executor.h"

namespace padproof::verifier {

/// Reads every `NAME.npy` member, stored or deflated. Fortran order is transposed; big-endian data is
/// refused. Sizes that the archive claims are checked before anything is allocated: kUnsupported
/// (`memory-limit`) beyond what all arrays together may take.
model::Result<NamedTensors> read_npz(const std::string& path,
                                     std::uint64_t memory_limit_bytes = std::uint64_t{16} << 30U);

/// Writes `tensors` to a temporary file beside `path` and renames it; stored, without time stamps: same
/// tensors, same bytes.
model::Result<void> write_npz(const std::string& path, const NamedTensors& tensors);

}  // namespace padproof::verifier
