// SPDX-License-Identifier: Apache-2.0
// The report of a batch: counts of all models, and as many models as memory may hold whatever their number.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "cli/conversion.h"
#include "report/render.h"

namespace padproof::cli {

class BatchReport {
 public:
  /// `count`: of models, as far as known.
  BatchReport(const ConvertOptions& options, std::size_t count);

  /// What became of one model; `status` as in the manifest, or up_to_date, not_started.
  void add(schemas::Model model, const std::string& status);
  /// An error that is about no model.
  void add_failure(const model::Diagnostic& failure);
  /// What makes nothing worse.
  void add_warning(const model::Diagnostic& warning);
  [[nodiscard]] std::size_t failures() const { return failures_; }

  /// The whole; nothing is added any more.
  report::Message& finish();

 private:
  void count(const std::string& status);

  report::Message report_;
  bool lists_all_;
  std::size_t failures_ = 0;
  std::map<std::string, std::int64_t> verdicts_;
};

/// Whether a verdict ends with an exit code that is not 0.
bool is_good(const std::string& verdict, const CommonOptions& options);

}  // namespace padproof::cli
