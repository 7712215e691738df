// SPDX-License-Identifier: Apache-2.0
// What a batch works on: the inputs, one after another, with their outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/conversion.h"
#include "cli/inputs.h"
#include "converter/batch/shard.h"
#include "converter/batch/tree.h"

namespace padproof::cli {

struct BatchItem {
  InputFile input;
  std::string output;
  std::optional<model::Diagnostic> failed;  // it could not even be listed

  [[nodiscard]] bool is_folder() const {
    return failed && (input.relative.empty() || input.relative.ends_with('/'));
  }
};

class BatchWork {
 public:
  /// Reads the lists of all folders once, to know how much there is to do. An error if the arguments make no
  /// sense together: no input at all, two of one output, an output that is an input.
  static model::Result<BatchWork> open(const ConvertOptions& options);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Whether these are all models below a folder, or a shard of them.
  [[nodiscard]] bool is_whole_folder() const { return files_.empty(); }
  /// Of the shard.
  [[nodiscard]] bool is_part(const std::string& relative) const { return shard_.holds(relative); }
  /// The input that goes to this path below --out-dir, if it is one of these.
  [[nodiscard]] std::optional<std::string> input_of(const std::string& relative) const;
  /// Nothing at the end.
  std::optional<BatchItem> next();

 private:
  explicit BatchWork(const ConvertOptions& options) : options_(&options) {}
  model::Result<void> open_arguments();
  void rewind();
  void count_all();
  std::optional<BatchItem> next_of_any_shard();
  [[nodiscard]] std::string output_of(const InputFile& input) const;

  const ConvertOptions* options_;
  converter::Shard shard_;
  std::size_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<InputFile> files_;  // where several arguments are given
  std::size_t at_ = 0;
  std::optional<converter::Tree> tree_;  // where one folder is given: nothing is kept of it
};

}  // namespace padproof::cli
