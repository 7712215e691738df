// SPDX-License-Identifier: Apache-2.0
#include "cli/output_checks.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "cli/report_output.h"
#include "cli/side_files.h"
#include "converter/output_folder.h"
#include "model/mapped_file.h"
#include "model/side_files.h"

namespace padproof::cli {

using model::Result;

// A certificate beside its output is nothing that the command line names: it leaves no folder.
Result<void> OutputChecks::prepare_folder(const std::string& source) const {
  std::string folder = std::filesystem::path(output_).parent_path().string();
  const std::string like = std::filesystem::path(source).parent_path().string();
  if (auto made = converter::make_folder(folder, bounds_.root, like); !made) return made;
  if (auto checked = converter::check_link(output_, bounds_.root); !checked) return checked;
  if (!options_.certificate.beside) return {};
  if (folder.empty()) folder = ".";
  return converter::check_link(certificate_, bounds_.root.empty() ? folder : bounds_.root);
}

Result<void> OutputChecks::check_side_files(const model::Model& source) const {
  std::vector<std::string> written = {output_, certificate_};
  written.erase(std::remove_if(written.begin(), written.end(),
                               [](const std::string& path) { return path.empty() || path == "-"; }),
                written.end());
  std::vector<std::string> all = written;
  all.push_back(bounds_.manifest);
  if (auto checked = cli::check_side_files(source, all, options_.common); !checked) return checked;
  if (auto checked = check_carried(source, all); !checked) return checked;
  std::error_code ignored;
  for (const std::string& path : written)
    if (std::filesystem::exists(path, ignored) && bounds_.is_needed(model::normal_path(path)))
      return replaces_side_file(path);
  return {};
}

Result<void> OutputChecks::check_carried(const model::Model& source,
                                         const std::vector<std::string>& written) const {
  if (output_ == "-") return {};
  // In the source's folder it stays where it is.
  const auto here = side_files_of(source, source.file);
  for (const std::string& place : side_files_of(source, output_)) {
    if (std::find(here.begin(), here.end(), place) != here.end()) continue;
    keep_from_reports(place, options_.common);
    const bool is_own = std::any_of(written.begin(), written.end(), [&](const std::string& path) {
      return !path.empty() && model::normal_path(path) == place;
    });
    if (is_own || bounds_.is_written(place)) return replaces_side_file(place);
  }
  return {};
}

}  // namespace padproof::cli
