// SPDX-License-Identifier: Apache-2.0
// Files that get their names together: flushing the disk once for a hundred small files costs little more
// than once for one.
#pragma once

#include <optional>
#include <vector>

#include "converter/publish.h"

namespace padproof::converter {

/// A model with what is said of it.
struct Output {
  Publication model;
  std::optional<Publication> certificate;  // never without its model
};

/// Brings all files to the disk (with kDisk), then gives them their names, then brings these to the disk. One
/// result for each; what failed has no name.
std::vector<model::Result<void>> commit_all(std::vector<Output>& outputs, Durability durability);

}  // namespace padproof::converter
