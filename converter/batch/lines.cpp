// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/lines.h"

#include <algorithm>
#include <optional>

namespace padproof::converter {
namespace {

using model::Bytes;
using model::Result;

// Memory that a manifest may take while it is read, whatever its length.
constexpr std::size_t kReleased = std::size_t{1} << 20;

// Of every record.
constexpr Bytes kBeginning = "{\"schema_version\":\"1";

model::Error no_manifest(const std::string& path, std::size_t line) {
  return model::Error(model::Diagnostic{model::Fault::kMalformed,
                                        "manifest",
                                        "a line of the manifest is no record of a batch",
                                        "line " + std::to_string(line),
                                        "schema_version 1",
                                        {model::printable(path, model::kMostPrintablePath), {}, {}, {}}});
}

/// Whether this can be what is left of a record. After a power cut that is zeros.
bool is_torn_record(Bytes text) {
  const std::size_t length = std::min({text.size(), kBeginning.size(), text.find('\0')});
  if (text.substr(0, length) != kBeginning.substr(0, length)) return false;
  return length == kBeginning.size() || text.find_first_not_of('\0', length) == Bytes::npos;
}

}  // namespace

Result<ManifestLines> read_lines(const std::string& path, const model::MappedFile& file,
                                 const std::function<void(Record, std::uint64_t, std::uint64_t)>& take) {
  const Bytes text = file.bytes();
  ManifestLines lines;
  ManifestDamage behind;  // the last record
  std::size_t released = 0;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    ++line;
    // Without its end a record may be cut short in the last number.
    auto record = end == text.size() ? std::nullopt : from_line(text.substr(begin, end - begin));
    if (record) {
      lines.good = end + 1;
      if (behind.lines != 0 && lines.damage.lines == 0) lines.damage.first_line = behind.first_line;
      lines.damage.lines += behind.lines;
      behind = {};
      take(std::move(*record), begin, lines.good);
    } else if (behind.lines++ == 0) {
      behind.first_line = line;
    }
    begin = end + 1;
    if (begin - released < kReleased) continue;
    file.release(text.substr(released, kReleased));
    released += kReleased;
  }
  if (lines.good == text.size()) return lines;
  lines.is_torn = is_torn_record(text.substr(static_cast<std::size_t>(lines.good)));
  if (lines.good == 0 && !lines.is_torn) return no_manifest(path, behind.first_line);
  lines.ends_line = lines.is_torn || text.back() == '\n';
  if (lines.is_torn) return lines;
  if (lines.damage.lines == 0) lines.damage.first_line = behind.first_line;
  lines.damage.lines += behind.lines;
  return lines;
}

std::optional<model::Diagnostic> warning_of(const std::string& path, const ManifestDamage& damage) {
  if (damage.lines == 0) return std::nullopt;
  return model::Diagnostic{
      model::Fault::kMalformed,
      "manifest",
      "warning: lines of the manifest are no records and do not count",
      std::to_string(damage.lines) + ", the first of them line " + std::to_string(damage.first_line),
      {},
      {model::printable(path, model::kMostPrintablePath), {}, {}, {}}};
}

}  // namespace padproof::converter
