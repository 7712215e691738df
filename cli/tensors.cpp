// SPDX-License-Identifier: Apache-2.0
#include "cli/tensors.h"

#include <filesystem>

#include "verifier/engine/npz.h"
#include "verifier/engine/tensor_folder.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;
using verifier::NamedTensors;

Error unfit_folder(std::string code, std::string what, std::string got, std::string limit = {}) {
  return Error(model::Diagnostic{
      model::Fault::kUsage, std::move(code), std::move(what), std::move(got), std::move(limit), {}});
}

/// `prefix`: input or output.
Result<NamedTensors> read_tensors(const std::string& path, const std::string& prefix,
                                  const std::vector<model::ValueInfo>& declared,
                                  std::uint64_t memory_limit_bytes) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return verifier::read_npz(path, memory_limit_bytes);
  auto tensors = verifier::read_tensor_folder(path, prefix);
  if (!tensors) return Error(tensors.error());
  if (tensors->empty())
    return unfit_folder("no-" + prefix + "s", "the folder holds no " + prefix + "_0.pb", path);
  if (tensors->size() > declared.size())
    return unfit_folder("too-many-" + prefix + "s",
                        "the folder holds more " + prefix + "s than the model has",
                        std::to_string(tensors->size()), std::to_string(declared.size()));
  NamedTensors named;
  for (std::size_t i = 0; i < tensors->size(); ++i) {
    auto& [name, tensor] = (*tensors)[i];
    const std::string known = name.empty() ? std::string(declared[i].name) : name;
    if (!named.emplace(known, std::move(tensor)).second)
      return unfit_folder("name-twice", "the folder names one " + prefix + " twice", model::printable(known));
  }
  return named;
}

}  // namespace

Result<NamedTensors> read_inputs(const std::string& path, const model::Model& model,
                                 std::uint64_t memory_limit_bytes) {
  return read_tensors(path, "input", model.graph->inputs, memory_limit_bytes);
}

Result<NamedTensors> read_expected(const std::string& path, const model::Model& model,
                                   std::uint64_t memory_limit_bytes) {
  return read_tensors(path, "output", model.graph->outputs, memory_limit_bytes);
}

}  // namespace padproof::cli
