// SPDX-License-Identifier: Apache-2.0
// The models of testdata/exports with their stored inputs and outputs.
#pragma once

#include <string>
#include <vector>

#include "model/inference.h"
#include "verifier/engine/executor.h"

namespace padproof::test {

struct ExportedModel {
  std::string name;    // of its folder
  std::string path;    // of model.onnx
  bool exact = false;  // expected.npz can be compared within what rounding explains
  verifier::NamedTensors inputs;
  verifier::NamedTensors expected;  // the source framework's own outputs
  verifier::NamedTensors runtime;   // where rounding leaves no choice: ONNX Runtime's outputs; else nothing
};

/// Names of all folders that hold a model.onnx, sorted.
std::vector<std::string> exported_names();

/// Reads the folder's files; throws std::runtime_error if one is missing or broken.
ExportedModel exported_model(const std::string& name);

/// The shapes of these tensors, as --input-shape would give them.
model::InferenceOptions bound_to(const verifier::NamedTensors& inputs);

}  // namespace padproof::test
