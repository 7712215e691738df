// SPDX-License-Identifier: Apache-2.0
// Models for tests: from the ONNX library's textual syntax to bytes, graphs, facts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "model/facts.h"
#include "model/inference.h"
#include "model/rope.h"

namespace padproof::test {

/// Serialised model from ONNX text (onnx/defs/parser.h), for instance
/// `<ir_version: 8, opset_import: ["" : 17]> g (float[N,3,8,8] x) => (float[N,3,8,8] y) { y = Relu(x) }`.
/// Throws std::runtime_error if the text does not parse.
std::string model_bytes(std::string_view text);

/// Where ONNX's backend tests lie: the distribution's, or what the environment variable PADPROOF_NODE_TESTS
/// says.
std::string node_tests_folder();

/// A rope that owns `bytes`.
std::shared_ptr<const model::Rope> rope_of(std::string bytes);

/// All bytes of a rope.
std::string bytes_of(const model::Rope& rope);

/// A model read and inferred; throws std::runtime_error with the diagnostic if either fails.
struct Loaded {
  model::Model model;
  std::unique_ptr<model::GraphInstance> facts;
};
Loaded load(std::shared_ptr<const model::Rope> rope, const model::InferenceOptions& options = {});
Loaded load_text(std::string_view text, const model::InferenceOptions& options = {});
Loaded load_file(const std::string& path, const model::InferenceOptions& options = {});

/// `1x3x8x8` as a shape; letters are symbols.
model::Shape shape_of(std::string_view text);

/// Unwraps a Result or throws its diagnostic.
template <class T>
T value_or_throw(model::Result<T> result) {
  if (!result) throw std::runtime_error(model::to_string(result.error()));
  return std::move(*result);
}

}  // namespace padproof::test
