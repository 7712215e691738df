// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/tensor_folder.h"

#include <filesystem>

#include "model/mapped_file.h"
#include "model/onnx/reader.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

Result<FolderTensor> read_file(const std::string& path) {
  const auto fail = [&](model::Diagnostic diagnostic) {
    if (diagnostic.where.file.empty()) diagnostic.where.file = path;
    return Error(std::move(diagnostic));
  };
  const auto rope = model::map_file(path);
  if (!rope) return fail(rope.error());
  const auto located = model::read_tensor(**rope);
  if (!located) return fail(located.error());
  const auto tensor = from_constant(*located);
  if (!tensor) return fail(tensor.error());
  // The mapping ends with this function.
  return FolderTensor{std::string(located->name), tensor->copy()};
}

}  // namespace

Result<std::vector<FolderTensor>> read_tensor_folder(const std::string& folder, std::string_view prefix) {
  std::vector<FolderTensor> tensors;
  for (;;) {
    const auto path =
        std::filesystem::path(folder) / (std::string(prefix) + "_" + std::to_string(tensors.size()) + ".pb");
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return tensors;
    auto tensor = read_file(path.string());
    if (!tensor) return Error(tensor.error());
    tensors.push_back(std::move(*tensor));
  }
}

}  // namespace padproof::verifier
