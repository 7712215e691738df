// SPDX-License-Identifier: Apache-2.0
#include "cli/tensors.h"

#include <filesystem>

#include "verifier/engine/npz.h"
#include "verifier/engine/tensor_folder.h"

namespace padproof::cli {

model::Result<verifier::NamedTensors> read_inputs(const std::string& path, const model::Model& model) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return verifier::read_npz(path);
  auto tensors = verifier::read_tensor_folder(path, "input");
  if (!tensors) return model::Error(tensors.error());
  if (tensors->empty()) {
    return model::Error(
        model::Diagnostic{model::Fault::kUsage, "no-inputs", "the folder holds no input_0.pb", path, {}, {}});
  }
  const auto& inputs = model.graph->inputs;
  if (tensors->size() > inputs.size()) {
    return model::Error(model::Diagnostic{model::Fault::kUsage,
                                          "too-many-inputs",
                                          "the folder holds more inputs than the model takes",
                                          std::to_string(tensors->size()),
                                          std::to_string(inputs.size()),
                                          {}});
  }
  verifier::NamedTensors named;
  for (std::size_t i = 0; i < tensors->size(); ++i) {
    auto& [name, tensor] = (*tensors)[i];
    named.emplace(name.empty() ? std::string(inputs[i].name) : name, std::move(tensor));
  }
  return named;
}

}  // namespace padproof::cli
