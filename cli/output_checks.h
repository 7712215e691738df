// SPDX-License-Identifier: Apache-2.0
// What a conversion must keep clear of with the files that it writes: links that lead elsewhere, external
// data.
#pragma once

#include <string>
#include <vector>

#include "cli/conversion.h"
#include "model/graph.h"
#include "model/result.h"

namespace padproof::cli {

/// Of one model. What it is given must outlive it.
class OutputChecks {
 public:
  /// `output`: `-` for standard output; `certificate`: empty for none.
  OutputChecks(const ConvertOptions& options, const std::string& output, const std::string& certificate,
               const Bounds& bounds)
      : options_(options), output_(output), certificate_(certificate), bounds_(bounds) {}

  /// That no file of this model takes the place of external data, its own or another's, and that its external
  /// data goes where no other file does.
  [[nodiscard]] model::Result<void> check_side_files(const model::Model& source) const;
  /// Makes the output's folder, and looks that no link leads out of it.
  [[nodiscard]] model::Result<void> prepare_folder(const std::string& source) const;

 private:
  [[nodiscard]] model::Result<void> check_carried(const model::Model& source,
                                                  const std::vector<std::string>& written) const;

  const ConvertOptions& options_;
  const std::string& output_;
  const std::string& certificate_;
  const Bounds& bounds_;
};

}  // namespace padproof::cli
