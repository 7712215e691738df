// SPDX-License-Identifier: Apache-2.0
#include "cli/report_files.h"

#include <filesystem>
#include <set>

#include "converter/external_data.h"
#include "model/mapped_file.h"
#include "model/onnx/reader.h"
#include "model/side_files.h"
#include "report/formats.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

Error not_a_place(std::string code, std::string what, const std::string& path, std::string limit) {
  return Error(
      model::Diagnostic{model::Fault::kUsage, std::move(code), std::move(what), path, std::move(limit), {}});
}

/// Where the side files of a model lie, links followed; nothing of what is none. What is wrong with a model
/// is told of when it is worked on.
std::set<std::string> side_files_of(const std::string& path) {
  std::set<std::string> files;
  const auto model = model::load_onnx(path);
  if (!model) return files;
  const auto locations = converter::external_locations(*model);
  if (!locations) return files;
  for (const std::string& location : *locations)
    if (const auto file = model::resolve_side_file(model::folder_of_model(path), location))
      files.insert(*file);
  return files;
}

/// Side files lie below their model's folder: few models need to be looked into. Standard input can be read
/// once.
bool may_be_side_file(const std::string& report, const std::string& model) {
  if (model == "-") return false;
  const std::string folder = model::normal_path(model::folder_of_model(model));
  return report.starts_with(folder.ends_with('/') ? folder : folder + "/");
}

}  // namespace

Result<void> check_report_files(const CommonOptions& options, const std::vector<std::string>& other) {
  std::set<std::string> taken;
  for (const std::string& path : other) taken.insert(model::normal_path(path));
  for (const std::string& path : options.reports) {
    if (report::format_by_ending(std::filesystem::path(path).extension().string()) == nullptr)
      return not_a_place("report-format", "the ending of --report names no known format", path,
                         report::known_endings());
    const std::string place = model::normal_path(path);
    if (!taken.insert(place).second)
      return not_a_place("report-twice", "the report would replace another file of this command", path, {});
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(place, ignored)) continue;
    for (const std::string& model : other)
      if (may_be_side_file(place, model) && side_files_of(model).contains(place))
        return not_a_place("report-twice",
                           "the report would replace a side file of " + model::printable(model), path, {});
  }
  return {};
}

}  // namespace padproof::cli
