// SPDX-License-Identifier: Apache-2.0
// The lines of a manifest as they are found, whatever befell it. A disk that was full or a power cut leaves
// half a line, or zeros; what is no record is passed over, and its model counts as not done.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "converter/batch/record.h"
#include "model/mapped_file.h"

namespace padproof::converter {

/// What was no record.
struct ManifestDamage {
  std::size_t lines = 0;
  std::size_t first_line = 0;
};

struct ManifestLines {
  std::uint64_t good = 0;  // where the last record ends
  bool is_torn = false;    // what follows was torn off when it was written: to be cut
  bool ends_line = true;   // the file ends with a line's end, or is empty
  ManifestDamage damage;   // without what was torn off
};

/// Calls `take(record, begin, end)` for each record. An error for a file that is no manifest.
model::Result<ManifestLines> read_lines(
    const std::string& path, const model::MappedFile& file,
    const std::function<void(Record, std::uint64_t, std::uint64_t)>& take);

/// A warning, or nothing where there is no damage.
std::optional<model::Diagnostic> warning_of(const std::string& path, const ManifestDamage& damage);

}  // namespace padproof::converter
