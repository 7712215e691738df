// SPDX-License-Identifier: Apache-2.0
#include "converter/external_data.h"

#include <unistd.h>

#include <filesystem>
#include <set>

#include "converter/output_folder.h"
#include "converter/publish.h"
#include "model/digest.h"
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
  std::uint64_t at = 0;
  return left.size() == right.size() && model::each_run(left, [&](model::Bytes run) {
           const model::Bytes other = right.view(at, at + run.size());
           at += run.size();
           const bool is_same = run == other;
           if (const model::MappedFile* const file = right.file_of(other)) file->release(other);
           return is_same;
         });
}

Error in_the_way(const fs::path& path, std::string what) {
  model::Diagnostic diagnostic{model::Fault::kIo, "external-data", std::move(what), path.string(), {}, {}};
  return Error(std::move(diagnostic));
}

bool is_linked(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return true;
  std::error_code ignored;
  return fs::equivalent(from, to, ignored);
}

Result<void> copy_to(const model::Rope& bytes, const fs::path& copy) {
  std::error_code error;
  if (!fs::exists(copy, error)) {
    auto published = publish(bytes, copy.string(), Existing::kKeep);
    // Another conversion may have been faster.
    if (published || !fs::exists(copy, error)) return published;
  }
  const auto present = model::map_file(copy.string());
  if (!present) return Error(present.error());
  if (same_bytes(bytes, **present)) return {};
  return in_the_way(copy, "external data would replace a file with other contents");
}

Result<ExternalFile> carry(const fs::path& from, const fs::path& copy, const CarryOptions& options) {
  ExternalFile file;
  std::error_code error;
  file.bytes = fs::file_size(from, error);
  if (error) return model::io_error(from.string(), "cannot open", error.value());
  if (fs::equivalent(from, copy, error)) return file;
  if (auto made = make_folder(copy.parent_path().string(), options.root); !made) return Error(made.error());
  if (options.link && is_linked(from, copy)) return file;
  const auto bytes = model::map_file(from.string());
  if (!bytes) return Error(bytes.error());
  if (auto copied = copy_to(**bytes, copy); !copied) return Error(copied.error());
  if (options.wants_digests) file.sha256 = model::sha256_of(**bytes);
  return file;
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

Result<std::vector<ExternalFile>> carry_external_data(const model::Model& model,
                                                      const std::string& source_path,
                                                      const std::string& target_path,
                                                      const CarryOptions& options) {
  const auto locations = external_locations(model);
  if (!locations) return Error(locations.error());
  const fs::path source = model::folder_of_model(source_path);
  const fs::path target = model::folder_of_model(target_path);
  for (const std::string& location : *locations) {
    if (model::normal_path((target / location).string()) == model::normal_path(target_path))
      return in_the_way(target_path, "the output would replace the model's external data");
  }
  std::error_code ignored;
  std::vector<ExternalFile> files;
  if (fs::equivalent(source, target, ignored)) return files;
  CarryOptions below = options;
  if (below.root.empty()) below.root = target.empty() ? "." : target.string();
  for (const std::string& location : *locations) {
    const auto file = model::resolve_side_file(source.string(), location);
    if (!file) return Error(file.error());
    auto carried = carry(*file, target / location, below);
    if (!carried) return Error(carried.error());
    carried->location = location;
    files.push_back(std::move(*carried));
  }
  return files;
}

}  // namespace padproof::converter
