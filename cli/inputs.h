// SPDX-License-Identifier: Apache-2.0
// From the INPUT arguments to files, and where they go below a folder for outputs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "converter/batch/tree.h"
#include "model/result.h"

namespace padproof::cli {

struct InputFile {
  std::string path;
  std::string relative;  // where it goes below --out-dir
};

/// A file or folder that an argument names, or that a pattern matches.
struct Given {
  InputFile file;
  bool is_folder = false;
  bool is_match = false;  // of a pattern
  std::string root;       // the folder that it or its pattern was looked for in; empty: it is named itself
};

/// A file goes by its name, what a pattern matches by its path below the pattern's first part with a
/// wildcard. Nothing that stands below `out_dir` is matched, unless the pattern says to look there. An error
/// for a pattern that matches nothing.
model::Result<std::vector<Given>> look_up(const std::vector<std::string>& arguments,
                                          const std::string& out_dir);

/// The files that are given, and those of the folders, one after another: nothing is kept of a folder.
class InputWalk {
 public:
  /// What stands below the folder `out_dir` is no part of the folders given.
  InputWalk(std::shared_ptr<const std::vector<Given>> given, std::string out_dir)
      : given_(std::move(given)), out_dir_(std::move(out_dir)) {}

  struct Entry {
    InputFile file;
    std::string root;                         // of what was given
    bool is_folder = false;                   // that has failed
    std::optional<model::Diagnostic> failed;  // a folder that cannot be listed, or one given without a model
  };
  /// Nothing at the end.
  std::optional<Entry> next();

 private:
  Entry entry_of(const Given& folder, converter::Tree::Entry found) const;

  std::shared_ptr<const std::vector<Given>> given_;
  std::string out_dir_;
  std::size_t at_ = 0;
  std::optional<converter::Tree> tree_;  // of the folder before at_
  bool found_any_ = false;               // in it
};

/// A file stands for itself, a directory for the .onnx files below it, a pattern for what it matches; `-` is
/// standard input. Sorted within each argument; symbolic links to directories are not followed.
model::Result<std::vector<InputFile>> expand_inputs(const std::vector<std::string>& arguments);

std::vector<std::string> paths_of(const std::vector<InputFile>& files);

}  // namespace padproof::cli
