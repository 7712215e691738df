// SPDX-License-Identifier: Apache-2.0
// Several manifests made into one, such as those of shards. A million records take memory for their names;
// the rest stays in the files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "converter/batch/lines.h"
#include "model/rope.h"

namespace padproof::converter {

class MergedManifest {
 public:
  /// The last record of each model in each, but those of sources that are gone, by source. An error if two
  /// manifests say different things of one model.
  static model::Result<MergedManifest> of(const std::vector<std::string>& paths);

  [[nodiscard]] std::size_t size() const { return lines_.size(); }
  [[nodiscard]] Record record(std::size_t index) const;
  /// Of lines that are no records.
  [[nodiscard]] const std::vector<model::Diagnostic>& warnings() const { return warnings_; }
  /// The lines as they stand in the files.
  [[nodiscard]] std::shared_ptr<const model::Rope> text() const;

 private:
  struct Line {
    std::string source;
    model::Bytes text;
    std::uint32_t file;
    bool is_of_model;
  };

  model::Result<void> add_file(const std::string& path);
  model::Result<void> keep_one_of_each(const std::vector<std::string>& paths);

  std::vector<std::shared_ptr<const model::MappedFile>> files_;
  std::vector<Line> lines_;
  std::vector<model::Diagnostic> warnings_;
};

}  // namespace padproof::converter
