// SPDX-License-Identifier: Apache-2.0
// What earlier runs of a batch did, by its manifest: what need not be done again, and which files below
// --out-dir are padproof's own, to be replaced or removed.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/batch_job.h"
#include "cli/side_files.h"
#include "converter/batch/claims.h"
#include "converter/batch/manifest.h"

namespace padproof::cli {

/// Whether a file can be read and has that digest.
bool holds_digest(const std::string& path, const std::string& sha256);
std::filesystem::path folder_of(const std::string& file);
std::string certificate_of(const std::string& output);
/// In the manifest.
std::string name_of(const BatchJob& job);
/// What failed or was cut off says nothing of what stands below --out-dir.
bool is_settled(const converter::Record& record);

/// Empty: none is kept.
std::string manifest_path(const ConvertOptions& options);

class BatchHistory {
 public:
  BatchHistory(const ConvertOptions& options, const BatchWork& work, SideFilesOfBatch& side_files);

  /// Opens the manifest, and waits for whoever has it.
  model::Result<void> open();
  [[nodiscard]] bool is_kept() const { return manifest_.has_value(); }
  [[nodiscard]] std::optional<model::Diagnostic> warning() const;

  /// Fills `job` if an earlier run has done it: by what the files hold, not by when they were written.
  bool find_done(BatchJob& job);
  /// How the side files of `job`, which must outlive it, are to be carried.
  converter::CarryOptions carrying(const BatchJob& job);

  /// Removes what earlier runs wrote for the model and this one, which has come to its end, did not. Returns
  /// whether that was an output. An error if another file stands in the output's place.
  model::Result<bool> remove_stale(const BatchJob& job, converter::Durability durability);
  model::Result<void> record(const std::vector<BatchJob>& jobs, converter::Durability durability);
  /// All models are done: records of sources that are gone say so from now on.
  model::Result<void> close(converter::Durability durability);

 private:
  using Claim = converter::Claims::Claim;

  [[nodiscard]] bool is_in_place(const converter::Record& record, const BatchJob& job) const;
  [[nodiscard]] std::optional<converter::Record> settled(const std::string& name) const;
  model::Result<void> may_replace(const BatchJob& job, const std::string& location,
                                  const std::filesystem::path& from);
  model::Result<void> claim(const BatchJob& job, const std::string& location,
                            const std::filesystem::path& from);
  void find_first_claims();
  void remove_side_file(const BatchJob& job, const converter::ExternalFile& file);
  const converter::Claims& claims_of_before();
  [[nodiscard]] bool stands(const Claim& claim) const;
  [[nodiscard]] std::string source_file_of(const Claim& claim) const;
  [[nodiscard]] bool is_gone(const converter::Record& record) const;

  const ConvertOptions& options_;
  const BatchWork& work_;
  SideFilesOfBatch& side_files_;
  std::string options_text_;
  std::optional<converter::Manifest> manifest_;
  std::vector<std::string> unlisted_;  // folders, by manifest_name()
  std::mutex mutex_;
  std::optional<BatchWork> unread_;          // where two inputs can want one place for their data
  converter::Claims firsts_;                 // of the inputs in their order, as soon as one has such data
  std::optional<converter::Claims> before_;  // of earlier runs, as soon as somebody asks
  converter::Claims now_;                    // of this one
};

}  // namespace padproof::cli
