// SPDX-License-Identifier: Apache-2.0
// What a batch says of one model: a line of its manifest, docs/batch.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "converter/external_data.h"
#include "model/digest.h"
#include "model/result.h"

namespace padproof::converter {

struct Record {
  std::string source;  // below the folder that was given, by manifest_name()
  std::string status;  // converted, copied, unchanged, refused, failed, gone (the source is)
  std::string verdict;
  std::string reason;
  model::FileDigest source_file;
  model::FileDigest target_file;  // empty digest: none was written
  std::vector<ExternalFile> external;
  std::string certificate_sha256;  // empty: none was written
  std::int64_t nodes = 0;          // sliding-window operators
  std::int64_t rewritten = 0;      // of those
  std::string options;             // of the command, as far as they decide what is written
  std::string tool_version;
  bool reached_limit = false;  // of time, memory or operations: another run may come further
  double seconds = 0;
};

/// A path that any text file can hold, no two alike: bytes that are no plain text, and backslashes, as
/// `\xNN`.
std::string manifest_name(std::string_view relative_path);
/// The path again.
std::string path_of_name(std::string_view name);

/// One line of JSON, its end included; the fields in the order above.
std::string to_line(const Record& record);

/// Nothing for a line that is no record of a version that is known.
std::optional<Record> from_line(std::string_view line);

/// Not of a source that is gone, nor of a folder, of which earlier releases kept records too.
bool is_of_model(const Record& record);

/// Whether both say the same of a model, but for how long it took.
bool says_the_same(const Record& left, const Record& right);

}  // namespace padproof::converter
