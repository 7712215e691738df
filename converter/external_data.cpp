// SPDX-License-Identifier: Apache-2.0
#include "converter/external_data.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "converter/publish.h"
#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;
using model::Error;
using model::Graph;
using model::Result;
using model::TensorRef;

void add_location(const TensorRef& tensor, std::set<std::string>& locations) {
  if (tensor.storage == model::Storage::kExternal) locations.emplace(tensor.external.location);
}

void add_locations(const Graph& graph, std::set<std::string>& locations) {
  for (const TensorRef& tensor : graph.initializers) add_location(tensor, locations);
  for (const model::SparseTensorRef& sparse : graph.sparse_initializers) {
    add_location(sparse.values, locations);
    add_location(sparse.indices, locations);
  }
  for (const model::Node& node : graph.nodes) {
    for (const model::Attribute& attribute : node.attributes) {
      for (const TensorRef& tensor : attribute.tensors) add_location(tensor, locations);
      for (const auto& subgraph : attribute.graphs) add_locations(*subgraph, locations);
    }
  }
}

bool stays_inside(const std::string& location) {
  const fs::path path(location);
  if (location.empty() || location.find('\0') != std::string::npos || path.is_absolute()) return false;
  return std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

fs::path folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

Error leaves_folder(const std::string& location) {
  return model::malformed("external-data", "external data outside the model's folder", location,
                          "a path below it");
}

// The file behind `location`, with symbolic links followed, must still lie below the model's folder.
Result<void> check_resolved(const fs::path& folder, const std::string& location) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) return model::io_error(folder.string(), "cannot resolve", error.value());
  const fs::path file = fs::canonical(folder / location, error);
  if (error) return model::io_error((folder / location).string(), "cannot find external data", error.value());
  if (std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end()) {
    return leaves_folder(location);
  }
  return {};
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
  add_locations(*model.graph, locations);
  for (const model::Function& function : model.functions) add_locations(*function.body, locations);
  for (const std::string& location : locations) {
    if (!stays_inside(location)) return leaves_folder(location);
  }
  return std::vector<std::string>(locations.begin(), locations.end());
}

Result<void> carry_external_data(const model::Model& model, const std::string& source_path,
                                 const std::string& target_path) {
  const auto locations = external_locations(model);
  if (!locations) return Error(locations.error());
  const fs::path source = folder_of(source_path);
  const fs::path target = folder_of(target_path);
  std::error_code ignored;
  for (const std::string& location : *locations) {
    if (model::normal_path((target / location).string()) == model::normal_path(target_path))
      return in_the_way(target_path, "the output would replace the model's external data");
  }
  if (fs::equivalent(source, target, ignored)) return {};
  for (const std::string& location : *locations) {
    if (auto checked = check_resolved(source, location); !checked) return checked;
    if (auto carried = carry(source / location, target / location); !carried) return carried;
  }
  return {};
}

}  // namespace padproof::converter
