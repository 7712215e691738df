// SPDX-License-Identifier: Apache-2.0
#include "converter/external_data.h"

#include <filesystem>
#include <set>

#include "converter/publish.h"
#include "model/mapped_file.h"
#include "model/side_files.h"
#include "model/visit_tensors.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;
using model::Error;
using model::Result;
using model::TensorRef;

Error leaves_folder(const std::string& location) {
  return model::malformed("external-data", "external data outside the model's folder", location,
                          "a path below it");
}

bool same_bytes(const model::Rope& left, const model::Rope& right) {
  return left.size() == right.size() && left.view(0, left.size()) == right.view(0, right.size());
}

Error in_the_way(const fs::path& path, std::string what) {
  model::Diagnostic diagnostic{model::Fault::kIo, "external-data", std::move(what), path.string(), {}, {}};
  return Error(std::move(diagnostic));
}

Result<void> carry(const fs::path& from, const fs::path& copy) {
  const auto bytes = model::map_file(from.string());
  if (!bytes) return Error(bytes.error());
  std::error_code error;
  fs::create_directories(copy.parent_path(), error);
  if (error) return model::io_error(copy.parent_path().string(), "cannot create the folder", error.value());
  if (!fs::exists(copy, error)) {
    auto published = publish(**bytes, copy.string(), Existing::kKeep);
    // Another conversion may have been faster.
    if (published || !fs::exists(copy, error)) return published;
  }
  const auto present = model::map_file(copy.string());
  if (!present) return Error(present.error());
  if (same_bytes(**bytes, **present)) return {};
  return in_the_way(copy, "external data would replace a file with other contents");
}

}  // namespace

Result<std::vector<std::string>> external_locations(const model::Model& model) {
  std::set<std::string> locations;
  model::visit_model_tensors(model, [&](const TensorRef& tensor) {
    if (tensor.storage == model::Storage::kExternal) locations.emplace(tensor.external.location);
  });
  for (const std::string& location : locations) {
    if (!model::names_side_file(location)) return leaves_folder(location);
  }
  return std::vector<std::string>(locations.begin(), locations.end());
}

Result<void> carry_external_data(const model::Model& model, const std::string& source_path,
                                 const std::string& target_path) {
  const auto locations = external_locations(model);
  if (!locations) return Error(locations.error());
  const fs::path source = model::folder_of_model(source_path);
  const fs::path target = model::folder_of_model(target_path);
  std::error_code ignored;
  for (const std::string& location : *locations) {
    if (model::normal_path((target / location).string()) == model::normal_path(target_path))
      return in_the_way(target_path, "the output would replace the model's external data");
  }
  if (fs::equivalent(source, target, ignored)) return {};
  for (const std::string& location : *locations) {
    const auto file = model::resolve_side_file(source.string(), location);
    if (!file) return Error(file.error());
    if (auto carried = carry(*file, target / location); !carried) return carried;
  }
  return {};
}

}  // namespace padproof::converter
