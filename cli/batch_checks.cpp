// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_checks.h"

#include <string>
#include <vector>

#include "cli/batch_history.h"
#include "cli/inputs.h"
#include "cli/report_files.h"
#include "model/mapped_file.h"

namespace padproof::cli {

using model::Error;
using model::Result;

Result<void> check_batch_files(const ConvertOptions& options) {
  std::vector<std::string> files = options.inputs;
  const std::string manifest = manifest_path(options);
  if (!manifest.empty()) files.push_back(manifest);
  // The models in folders, for their side files.
  if (!options.common.reports.empty())
    if (const auto inputs = expand_inputs(options.inputs)) {
      const std::vector<std::string> models = paths_of(*inputs);
      files.insert(files.end(), models.begin(), models.end());
    }
  return check_report_files(options.common, files);
}

Result<void> check_batch_files(const ConvertOptions& options, const BatchWork& work) {
  std::vector<std::string> files = options.common.reports;
  if (const std::string manifest = manifest_path(options); !manifest.empty()) files.push_back(manifest);
  for (const std::string& file : files) {
    const std::string place = model::normal_path(file);
    if (work.reads(place) || work.writes(place))
      return Error(model::Diagnostic{model::Fault::kUsage,
                                     "output-twice",
                                     "the file is an input or an output of the batch",
                                     model::printable(file, model::kMostPrintablePath),
                                     {},
                                     {}});
  }
  return {};
}

}  // namespace padproof::cli
