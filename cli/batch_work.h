// SPDX-License-Identifier: Apache-2.0
// What a batch works on: the inputs, one after another, with their outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/conversion.h"
#include "cli/inputs.h"
#include "cli/places.h"
#include "converter/batch/shard.h"

namespace padproof::cli {

struct BatchItem {
  InputFile input;
  std::string output;
  std::string root;                         // no link may lead out of it; empty: any may
  bool is_folder = false;                   // one that has failed
  std::optional<model::Diagnostic> failed;  // it could not even be listed, or must not be written
};

class BatchWork {
 public:
  /// Reads the lists of all folders once, to know how much there is to do and which files are read and
  /// written. An error if the arguments make no sense together: no input at all, two of one output, an output
  /// that is an input. Within the one folder that is given, such files are errors of their own.
  static model::Result<BatchWork> open(const ConvertOptions& options);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Whether these are all models below a folder, or a shard of them.
  [[nodiscard]] bool is_whole_folder() const { return is_one_folder(); }
  /// Of the shard.
  [[nodiscard]] bool is_part(const std::string& relative) const { return shard_.holds(relative); }
  /// The input that goes to this path below --out-dir, if it is one of these.
  [[nodiscard]] std::optional<std::string> input_of(const std::string& relative) const;
  /// Nothing at the end.
  std::optional<BatchItem> next();
  /// All that is given, from its beginning, whoever's shard it is in.
  [[nodiscard]] InputWalk walk() const { return {given_, options_->out_dir}; }

  /// Whether a model of any shard is read from a place (model::normal_path), or it or its certificate written
  /// there.
  [[nodiscard]] bool reads(const std::string& place) const { return inputs_.holds(place); }
  [[nodiscard]] bool writes(const std::string& place) const {
    return outputs_.holds(place) || (options_->in_place && reads(place));
  }

 private:
  BatchWork(const ConvertOptions& options, std::shared_ptr<const std::vector<Given>> given)
      : options_(&options), given_(std::move(given)), walk_(given_, options.out_dir) {}
  [[nodiscard]] model::Result<void> check_folders() const;
  void list();
  model::Result<void> check_all();
  [[nodiscard]] bool is_one_folder() const { return given_->size() == 1 && given_->front().is_folder; }
  std::optional<BatchItem> next_of_any_shard();
  std::optional<model::Diagnostic> conflict_of(const BatchItem& item);

  const ConvertOptions* options_;
  converter::Shard shard_;
  std::size_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::shared_ptr<const std::vector<Given>> given_;
  InputWalk walk_;
  PlaceFinder input_places_;
  PlaceFinder output_places_;
  Places inputs_;
  Places outputs_;  // besides those that replace their inputs
};

}  // namespace padproof::cli
