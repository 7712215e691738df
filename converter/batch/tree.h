// SPDX-License-Identifier: Apache-2.0
// The .onnx files below a folder, one after another, sorted by path: memory for the names of one folder at
// each depth, not for all.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"

namespace padproof::converter {

class Tree {
 public:
  /// What stands below the folder `besides` (it need not be there) is no part of it.
  Tree(std::string folder, const std::string& besides);

  struct Entry {
    std::string relative;                     // below the folder
    std::optional<model::Diagnostic> failed;  // a folder (with a slash) that cannot be listed, or no file
  };
  /// Nothing at the end. Symbolic links to folders are not followed, those to files are. Whatever has the
  /// ending and is no file that can be looked at has failed: it must not be missed in silence.
  std::optional<Entry> next();

 private:
  struct Level {
    std::string folder;              // relative; empty: the tree's own
    std::vector<std::string> names;  // sorted; those of folders end in a slash
    std::map<std::string, model::Diagnostic> failed;
    std::size_t at = 0;
  };

  std::optional<model::Diagnostic> enter(const std::string& relative);
  [[nodiscard]] bool is_besides(const std::string& path) const;

  std::string folder_;
  std::string besides_;  // normal
  std::vector<Level> levels_;
  std::optional<Entry> pending_;
};

}  // namespace padproof::converter
