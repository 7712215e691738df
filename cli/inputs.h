// SPDX-License-Identifier: Apache-2.0
// From the INPUT arguments to files, and from files to the names of their outputs.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"

namespace padproof::cli {

struct InputFile {
  std::string path;
  std::string relative;  // where it goes below --out-dir
};

/// A file stands for itself, a directory for the .onnx files below it, a pattern for what it matches; `-` is
/// standard input. Sorted within each argument; symbolic links to directories are not followed.
model::Result<std::vector<InputFile>> expand_inputs(const std::vector<std::string>& arguments);

std::vector<std::string> paths_of(const std::vector<InputFile>& files);

/// Output path of each input below `folder`. An error if two inputs map to one output, or an output is an
/// input.
model::Result<std::vector<std::string>> outputs_below(const std::string& folder,
                                                      const std::vector<InputFile>& inputs);

}  // namespace padproof::cli
