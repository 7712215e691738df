// SPDX-License-Identifier: Apache-2.0
#include "tests/support/models.h"

#include <onnx/defs/parser.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "model/onnx/reader.h"

namespace padproof::test {

std::string model_bytes(std::string_view text) {
  onnx::ModelProto model;
  const std::string copy(text);
  const auto status = onnx::OnnxParser::Parse(model, copy.c_str());
  if (!status.IsOK()) throw std::runtime_error(status.ErrorMessage());
  return model.SerializeAsString();
}

std::string node_tests_folder() {
  const char* const elsewhere = std::getenv("PADPROOF_NODE_TESTS");
  return elsewhere != nullptr ? elsewhere : PADPROOF_NODE_TESTS;
}

namespace {

/// Every model that a test makes is a seed for fuzzing, where scripts/fuzz-seeds asks for it.
void keep_as_seed(const std::string& bytes) {
  const char* const folder = std::getenv("PADPROOF_SEEDS");
  if (folder == nullptr) return;
  const std::string name = std::to_string(std::hash<std::string>{}(bytes));
  std::ofstream(std::string(folder) + "/" + name, std::ios::binary) << bytes;
}

}  // namespace

std::shared_ptr<const model::Rope> rope_of(std::string bytes) {
  keep_as_seed(bytes);
  auto rope = std::make_shared<model::Rope>();
  rope->append_owned(std::move(bytes));
  return rope;
}

std::string bytes_of(const model::Rope& rope) {
  std::string bytes;
  for (const auto& piece : rope.pieces()) bytes += piece.bytes;
  return bytes;
}

Loaded load(std::shared_ptr<const model::Rope> rope, const model::InferenceOptions& options) {
  Loaded loaded{value_or_throw(model::read_onnx(std::move(rope), "test.onnx")), nullptr};
  loaded.facts = value_or_throw(model::infer(loaded.model, options));
  return loaded;
}

Loaded load_text(std::string_view text, const model::InferenceOptions& options) {
  return load(rope_of(model_bytes(text)), options);
}

Loaded load_file(const std::string& path, const model::InferenceOptions& options) {
  Loaded loaded{value_or_throw(model::load_onnx(path)), nullptr};
  loaded.facts = value_or_throw(model::infer(loaded.model, options));
  return loaded;
}

model::Shape shape_of(std::string_view text) {
  model::Shape shape;
  std::string part;
  const auto flush = [&] {
    const bool number = part.find_first_not_of("0123456789") == std::string::npos;
    shape.push_back(number ? model::Extent(std::stoll(part)) : model::Extent::symbol(part));
    part.clear();
  };
  for (const char c : text) {
    if (c == 'x') {
      flush();
    } else {
      part.push_back(c);
    }
  }
  flush();
  return shape;
}

}  // namespace padproof::test
