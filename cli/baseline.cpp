// SPDX-License-Identifier: Apache-2.0
#include "cli/baseline.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "cli/commands.h"
#include "converter/publish.h"
#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

// The least that tells a file of findings from a model.
constexpr std::size_t kMostAcceptedBytes = std::size_t{256} << 20;

Error bad_baseline(std::string what, const std::string& got, std::string limit) {
  return Error(model::Diagnostic{model::Fault::kUsage,
                                 "baseline",
                                 std::move(what),
                                 model::printable(got, model::kMostPrintablePath),
                                 std::move(limit),
                                 {}});
}

Result<void> add_accepted(const std::string& path, model::Bytes text, Baseline& baseline) {
  if (!baseline.accepted_path.empty())
    return bad_baseline("--baseline names two files of accepted findings", path, "one");
  if (text.size() > kMostAcceptedBytes)
    return bad_baseline("the file of accepted findings is too long", path,
                        std::to_string(kMostAcceptedBytes) + " bytes");
  auto accepted = verifier::parse_accepted(text, path);
  if (!accepted) return Error(accepted.error());
  baseline.accepted_path = path;
  baseline.accepted = std::move(*accepted);
  return {};
}

Result<void> add_exports(const std::string& path, bool is_folder, Baseline& baseline) {
  if (!baseline.exports.empty())
    return bad_baseline("--baseline names exports twice", path, "one model or folder");
  baseline.exports = path;
  baseline.is_folder = is_folder;
  return {};
}

Result<void> add(const std::string& path, Baseline& baseline) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return add_exports(path, true, baseline);
  const auto file = model::MappedFile::open(path);
  if (!file) return Error(file.error());
  if (verifier::is_accepted_file((*file)->bytes())) return add_accepted(path, (*file)->bytes(), baseline);
  return add_exports(path, false, baseline);
}

}  // namespace

Result<Baseline> read_baseline(const std::vector<std::string>& paths, const std::vector<InputFile>& models) {
  Baseline baseline;
  for (const std::string& path : paths)
    if (auto added = add(path, baseline); !added) return Error(added.error());
  if (!baseline.exports.empty() && !baseline.is_folder && models.size() > 1)
    return bad_baseline("several models cannot be held to one", baseline.exports,
                        "a folder with models of the same names");
  return baseline;
}

Result<void> check_pairs(const Baseline& baseline, const std::vector<InputFile>& models) {
  std::map<std::string, std::string> held;
  for (const InputFile& model : models) {
    const std::string with = export_for(baseline, model);
    if (with.empty()) continue;
    if (const auto [other, is_new] = held.emplace(model::normal_path(with), model.path); !is_new)
      return bad_baseline("two models would be held to one of the baseline's folder",
                          other->second + " and " + model.path, "a folder with the models' own layout");
  }
  return {};
}

Result<void> check_replaces_nothing(const std::string& path, const std::vector<std::string>& read) {
  if (path == "-")
    return bad_baseline("--write-baseline takes a file: standard output holds the report", path, {});
  const auto is_same = [&](const std::string& other) {
    return !other.empty() && model::normal_path(other) == model::normal_path(path);
  };
  if (std::any_of(read.begin(), read.end(), is_same))
    return bad_baseline("--write-baseline would replace a file that this command reads", path, {});
  // A model's side files are named nowhere on the command line.
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored) || std::filesystem::is_empty(path, ignored)) return {};
  const auto file = model::MappedFile::open(path);
  if (!file) return Error(file.error());
  if (verifier::is_accepted_file((*file)->bytes()) && verifier::parse_accepted((*file)->bytes(), path))
    return {};
  return bad_baseline("--write-baseline would replace a file of another kind", path,
                      "a file of accepted findings");
}

Result<void> write_accepted(schemas::Accepted accepted, const std::string& path) {
  accepted.set_schema_version(std::string(verifier::kAcceptedVersion));
  accepted.set_tool_version(std::string(kVersion));
  model::Rope rope;
  rope.append_owned(verifier::to_json(accepted));
  return converter::publish(rope, path);
}

std::string export_for(const Baseline& baseline, const InputFile& model) {
  if (!baseline.is_folder) return baseline.exports;
  // Of a file that is named alone only its name is relative: as much of its path as the folder has counts.
  std::error_code ignored;
  std::vector<std::filesystem::path> parts;
  for (const auto& part : std::filesystem::path(model::normal_path(model.path)).relative_path())
    parts.push_back(part);
  const std::filesystem::path relative(model.relative);
  const auto depth = std::distance(relative.begin(), relative.end());
  for (std::size_t first = 0; std::cmp_less_equal(depth, parts.size() - first); ++first) {
    std::filesystem::path path(baseline.exports);
    for (std::size_t i = first; i < parts.size(); ++i) path /= parts[i];
    if (std::filesystem::is_regular_file(path, ignored)) return path.string();
  }
  return "";
}

}  // namespace padproof::cli
