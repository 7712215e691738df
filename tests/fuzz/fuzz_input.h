// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share: the bytes as a model, and how a broken promise is reported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "model/inference.h"
#include "model/onnx/reader.h"
#include "tests/support/models.h"

namespace padproof::fuzz {

/// Inputs beyond this teach nothing that shorter ones do not, and cost time.
inline constexpr std::size_t kMostBytes = std::size_t{16} << 10;

[[noreturn]] inline void broken(const std::string& promise) {
  std::fprintf(stderr, "broken promise: %s\n", promise.c_str());
  std::abort();
}

/// Every error is one printable line with a stable code.
inline void check_diagnostic(const model::Diagnostic& diagnostic) {
  const std::string line = model::to_string(diagnostic);
  if (diagnostic.what.empty() || diagnostic.code.empty()) broken("an error says nothing: " + line);
  if (line != model::printable(line, std::string::npos)) broken("an error is not one printable line");
}

/// The model in `data`, or nothing if it is not one.
inline std::optional<model::Model> read(const std::uint8_t* data, std::size_t size) {
  if (size > kMostBytes) return std::nullopt;
  const auto* bytes = reinterpret_cast<const char*>(data);
  auto model = model::read_onnx(test::rope_of(std::string(bytes, size)), "fuzz.onnx");
  if (model) return std::move(*model);
  check_diagnostic(model.error());
  return std::nullopt;
}

/// Small enough that functions which call each other in cascades end soon.
inline model::InferenceOptions inference_options() {
  model::InferenceOptions options;
  options.max_node_instances = 20'000;
  return options;
}

}  // namespace padproof::fuzz
