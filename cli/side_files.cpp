// SPDX-License-Identifier: Apache-2.0
#include "cli/side_files.h"

#include <algorithm>
#include <filesystem>

#include "cli/report_output.h"
#include "converter/external_data.h"
#include "model/mapped_file.h"
#include "model/onnx/reader.h"
#include "model/side_files.h"

namespace padproof::cli {

using model::Error;
using model::Result;

std::vector<std::string> side_files_of(const model::Model& model, const std::string& model_file) {
  std::vector<std::string> places;
  const auto locations = converter::external_locations(model);
  // Locations that lead elsewhere are never followed.
  if (!locations) return places;
  const std::filesystem::path folder = model::folder_of_model(model_file);
  for (const std::string& location : *locations)
    places.push_back(model::normal_path((folder / location).string()));
  return places;
}

Error replaces_side_file(const std::string& written) {
  return Error(model::Diagnostic{model::Fault::kUsage,
                                 "output-is-input",
                                 "the output would replace a model's external data",
                                 model::printable(written, model::kMostPrintablePath),
                                 {},
                                 {}});
}

Result<void> check_side_files(const model::Model& model, const std::vector<std::string>& written,
                              const CommonOptions& options) {
  const std::vector<std::string> places = side_files_of(model, model.file);
  if (places.empty()) return {};
  for (const std::string& place : places) keep_from_reports(place, options);
  for (const std::string& path : written) {
    if (path.empty() || path == "-") continue;
    if (std::find(places.begin(), places.end(), model::normal_path(path)) != places.end())
      return replaces_side_file(path);
  }
  return {};
}

void SideFilesOfBatch::read_all() {
  while (const auto entry = walk_.next()) {
    if (entry->failed || entry->file.path == "-") continue;
    // Models that cannot be read are told of when it is their turn.
    (void)contain([&]() -> Result<void> {
      const auto model = model::load_onnx(entry->file.path);
      if (!model) return Error(model.error());
      for (const std::string& place : side_files_of(*model, entry->file.path)) places_.add(place);
      return {};
    });
  }
  places_.sort();
}

bool SideFilesOfBatch::holds(const std::string& place) {
  std::call_once(is_read_, [this] { read_all(); });
  return places_.holds(place);
}

}  // namespace padproof::cli
