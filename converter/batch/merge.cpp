// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/merge.h"

#include <algorithm>

namespace padproof::converter {

using model::Bytes;
using model::Error;
using model::Result;

Result<MergedManifest> MergedManifest::of(const std::vector<std::string>& paths) {
  MergedManifest merged;
  for (const std::string& path : paths)
    if (auto added = merged.add_file(path); !added) return Error(added.error());
  if (auto kept = merged.keep_one_of_each(paths); !kept) return Error(kept.error());
  return merged;
}

Result<void> MergedManifest::add_file(const std::string& path) {
  auto file = model::MappedFile::open(path);
  if (!file) return Error(file.error());
  const Bytes text = (*file)->bytes();
  const auto index = static_cast<std::uint32_t>(files_.size());
  const auto read = read_lines(path, **file, [&](Record record, std::uint64_t begin, std::uint64_t end) {
    const bool counts = is_of_model(record);
    lines_.push_back({std::move(record.source), text.substr(begin, end - begin), index, counts});
  });
  if (!read) return Error(read.error());
  if (auto warning = warning_of(path, read->damage)) warnings_.push_back(std::move(*warning));
  files_.push_back(std::move(*file));
  return {};
}

Result<void> MergedManifest::keep_one_of_each(const std::vector<std::string>& paths) {
  std::stable_sort(lines_.begin(), lines_.end(),
                   [](const Line& left, const Line& right) { return left.source < right.source; });
  std::size_t kept = 0;
  for (std::size_t at = 0; at < lines_.size(); ++at) {
    // Of one file the last counts.
    if (at + 1 < lines_.size() && lines_[at + 1].source == lines_[at].source &&
        lines_[at + 1].file == lines_[at].file)
      continue;
    if (!lines_[at].is_of_model) continue;
    const bool is_another = kept != 0 && lines_[kept - 1].source == lines_[at].source;
    if (!is_another) {
      if (kept != at) lines_[kept] = std::move(lines_[at]);
      ++kept;
    } else if (!says_the_same(record(kept - 1), record(at))) {
      return Error(
          model::Diagnostic{model::Fault::kUsage,
                            "manifest-conflict",
                            "two manifests say different things of " + lines_[at].source,
                            model::printable(paths[lines_[kept - 1].file] + " and " + paths[lines_[at].file]),
                            {},
                            {}});
    }
  }
  lines_.resize(kept);
  return {};
}

Record MergedManifest::record(std::size_t index) const {
  const Bytes line = lines_[index].text;
  return from_line(line.substr(0, line.size() - 1)).value_or(Record{});
}

std::shared_ptr<const model::Rope> MergedManifest::text() const {
  auto rope = std::make_shared<model::Rope>();
  for (const Line& line : lines_) rope->append(line.text);
  for (const auto& file : files_) rope->keep(file);
  return rope;
}

}  // namespace padproof::converter
