// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/files.h"

#include <filesystem>
#include <set>

#include "model/digest.h"
#include "model/side_files.h"
#include "model/visit_tensors.h"
#include "verifier/certificate/canonical.h"

namespace padproof::verifier {

model::Result<schemas::CertifiedModel> certify_files(const model::Model& model, const std::string& name) {
  schemas::CertifiedModel files;
  files.set_name(certified_text(std::filesystem::path(name).filename().string()));
  files.set_sha256(model::sha256_of(*model.source));
  files.set_bytes(std::to_string(model.source->size()));
  std::set<std::string> locations;
  model::visit_model_tensors(model, [&](const model::TensorRef& tensor) {
    if (tensor.storage == model::Storage::kExternal) locations.emplace(tensor.external.location);
  });
  for (const std::string& location : locations) {
    const auto path = model::resolve_side_file(model::folder_of_model(model.file), location);
    if (!path) return model::Error(path.error());
    const auto digest = model::digest_of_file(*path);
    if (!digest) return model::Error(digest.error());
    schemas::CertifiedFile& file = *files.add_external_data();
    file.set_location(certified_text(location));
    file.set_sha256(digest->sha256);
    file.set_bytes(std::to_string(digest->bytes));
  }
  return files;
}

}  // namespace padproof::verifier
