// SPDX-License-Identifier: Apache-2.0
// The files beside a model that hold its external tensors: mapped read-only when first asked for, and never
// outside the model's folder (compare CVE-2022-25882, CVE-2024-27318).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "model/mapped_file.h"
#include "model/result.h"
#include "model/tensor_ref.h"

namespace padproof::model {

/// Whether a location is a relative path without `..`: it may lead out through links still.
bool names_side_file(std::string_view location);

/// The folder that a model's locations are relative to.
std::string folder_of_model(const std::string& model_file);

/// The file that `location` leads to, links followed. An error if it is not there, or not below `folder`.
Result<std::string> resolve_side_file(const std::string& folder, const std::string& location);

class SideFiles {
 public:
  explicit SideFiles(const std::string& model_file);

  /// In one spelling, so that two models can be compared by it.
  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// The `size_bytes` bytes that `data` names; they live as long as this object. An error if they do not lie
  /// in the file, or if a stated length is not that size.
  Result<Bytes> read(const ExternalData& data, std::uint64_t size_bytes) const;

  /// An error (`changed`) if a file that was read is no longer what it was.
  [[nodiscard]] Result<void> check_unchanged() const;

 private:
  Result<std::shared_ptr<const MappedFile>> open(const std::string& location) const;

  std::string folder_;
  mutable std::mutex mutex_;  // models are read by several threads at once
  mutable std::map<std::string, Result<std::shared_ptr<const MappedFile>>, std::less<>> files_;
};

}  // namespace padproof::model
