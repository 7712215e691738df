// SPDX-License-Identifier: Apache-2.0
#include "tests/support/exports.h"

#include <algorithm>
#include <filesystem>

#include "tests/support/models.h"
#include "tests/support/process.h"
#include "verifier/engine/npz.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(PADPROOF_SOURCE_DIR) / "testdata" / "exports";

}  // namespace

std::vector<std::string> exported_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (fs::exists(entry.path() / "model.onnx")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

ExportedModel exported_model(const std::string& name) {
  const fs::path folder = kFolder / name;
  ExportedModel exported;
  exported.name = name;
  exported.path = (folder / "model.onnx").string();
  exported.exact = read_file((folder / "origin.json").string()).find("\"exact\": true") != std::string::npos;
  exported.inputs = value_or_throw(verifier::read_npz((folder / "inputs.npz").string()));
  exported.expected = value_or_throw(verifier::read_npz((folder / "expected.npz").string()));
  if (const fs::path runtime = folder / "runtime.npz"; fs::exists(runtime))
    exported.runtime = value_or_throw(verifier::read_npz(runtime.string()));
  return exported;
}

model::InferenceOptions bound_to(const verifier::NamedTensors& inputs) {
  model::InferenceOptions options;
  for (const auto& [name, tensor] : inputs) {
    model::Shape& shape = options.input_shapes[name];
    for (const std::int64_t extent : tensor.dims()) shape.emplace_back(extent);
  }
  return options;
}

}  // namespace padproof::test
