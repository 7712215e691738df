// SPDX-License-Identifier: Apache-2.0
#include "cli/report_files.h"

#include <filesystem>
#include <set>

#include "model/mapped_file.h"
#include "report/formats.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

Error not_a_place(std::string code, std::string what, const std::string& path, std::string limit) {
  return Error(
      model::Diagnostic{model::Fault::kUsage, std::move(code), std::move(what), path, std::move(limit), {}});
}

}  // namespace

Result<void> check_report_files(const CommonOptions& options, const std::vector<std::string>& other) {
  std::set<std::string> taken;
  for (const std::string& path : other) taken.insert(model::normal_path(path));
  for (const std::string& path : options.reports) {
    if (report::format_by_ending(std::filesystem::path(path).extension().string()) == nullptr)
      return not_a_place("report-format", "the ending of --report names no known format", path,
                         report::known_endings());
    if (!taken.insert(model::normal_path(path)).second)
      return not_a_place("report-twice", "the report would replace another file of this command", path, {});
  }
  return {};
}

}  // namespace padproof::cli
