// SPDX-License-Identifier: Apache-2.0
// The files that models keep their external data in: nothing that a command writes takes their place.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/places.h"
#include "model/graph.h"

namespace padproof::cli {

/// Where the external data of a model lies (model::normal_path), if the model is the file `model_file`.
std::vector<std::string> side_files_of(const model::Model& model, const std::string& model_file);

/// An error if the command writes a file where the model has its external data. Reports are not written
/// there either: that is said at their time.
model::Result<void> check_side_files(const model::Model& model, const std::vector<std::string>& written,
                                     const CommonOptions& options);

/// The error for one that would be replaced by `written`.
model::Error replaces_side_file(const std::string& written);

/// The external data of all models of a batch. Nobody knows it before all are read, so that is done when
/// first asked; what is asked for comes before the first file is replaced.
class SideFilesOfBatch {
 public:
  explicit SideFilesOfBatch(InputWalk walk) : walk_(std::move(walk)) {}
  [[nodiscard]] bool holds(const std::string& place);

 private:
  void read_all();

  InputWalk walk_;
  std::once_flag is_read_;
  Places places_;
};

}  // namespace padproof::cli
