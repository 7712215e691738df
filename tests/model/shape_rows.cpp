// SPDX-License-Identifier: Apache-2.0
#include "tests/model/shape_rows.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <onnx/defs/parser.h>
#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>

#include "model/onnx/reader.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

constexpr const char* kNothing = "? ?";

int newest_library_opset() {
  return onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map().at("").second;
}

std::string fact_text(model::DataType dtype, const std::optional<model::Shape>& shape) {
  const std::string type = dtype == model::DataType::kUndefined ? "?" : to_string(dtype);
  return type + " " + (shape ? to_string(*shape) : "?");
}

std::optional<model::Shape> shape_of_type(const onnx::TypeProto& type) {
  if (!type.tensor_type().has_shape()) return std::nullopt;
  model::Shape shape;
  for (const auto& dim : type.tensor_type().shape().dim()) {
    // Symbols that the library makes up stand for extents that it does not know.
    const bool named = dim.has_dim_param() && dim.dim_param().rfind("unk__", 0) != 0;
    shape.push_back(dim.has_dim_value() ? model::Extent(dim.dim_value())
                    : named             ? model::Extent::symbol(dim.dim_param())
                                        : model::Extent());
  }
  return shape;
}

bool is_node_output(const model::Value& value) { return value.kind == model::ValueKind::kNodeOutput; }

/// The library has no inference at all for the first versions of many operators; at the newest opset of a row
/// it has.
void check_agreement(const FactTexts& ours, const FactTexts& library, bool is_newest) {
  for (const auto& our : ours) {
    CAPTURE(our.first);
    const auto found = library.find(our.first);
    const std::string theirs = found == library.end() ? kNothing : found->second;
    if (theirs != kNothing || is_newest) CHECK(our.second == theirs);
  }
}

void check_row(const ShapeRow& row, int opset) {
  const std::string text = model_text(opset, row.inputs, row.body);
  CAPTURE(text);
  FactTexts ours;
  REQUIRE_NOTHROW(ours = our_facts(text));
  if (row.ours == nullptr) return check_agreement(ours, library_facts(text), opset == row.last);
  const std::string expected = row.ours;
  CHECK(ours["y"] == expected);
  if (opset <= newest_library_opset()) CHECK(library_facts(text)["y"] != expected);
}

}  // namespace

std::string model_text(int opset, const std::string& inputs, std::string body) {
  std::replace(body.begin(), body.end(), '\'', '"');
  return fmt::format(
      "<ir_version: 8, opset_import: [\"\" : {}, \"com.microsoft\" : 1]> g ({}) => (y) {{ {} }}", opset,
      inputs, body);
}

FactTexts our_facts(const std::string& text) {
  model::InferenceOptions options;
  options.use_onnx_library = false;
  const Loaded loaded = load_text(text, options);
  FactTexts facts;
  for (std::size_t i = 0; i < loaded.facts->values.size(); ++i) {
    const model::Value& value = loaded.facts->graph->values[i];
    const model::ValueFacts& known = loaded.facts->values[i];
    if (is_node_output(value)) facts[std::string(value.name)] = fact_text(known.dtype, known.shape);
  }
  return facts;
}

FactTexts library_facts(const std::string& text) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(model_bytes(text)));
  onnx::shape_inference::InferShapes(model);
  FactTexts facts;
  for (const auto* list : {&model.graph().value_info(), &model.graph().output()}) {
    for (const auto& info : *list) {
      const auto dtype = static_cast<model::DataType>(info.type().tensor_type().elem_type());
      facts[info.name()] = fact_text(dtype, shape_of_type(info.type()));
    }
  }
  return facts;
}

void check_rows(std::initializer_list<ShapeRow> rows) {
  for (const ShapeRow& row : rows) {
    REQUIRE((row.ours == nullptr) == (row.reason == nullptr));
    REQUIRE((row.ours != nullptr || row.last <= newest_library_opset()));
    for (int opset = row.first; opset <= row.last; ++opset) check_row(row, opset);
  }
}

void check_refused(std::initializer_list<RefusedRow> rows) {
  for (const RefusedRow& row : rows) {
    for (int opset = row.first; opset <= row.last; ++opset) {
      CAPTURE(opset);
      CAPTURE(row.body);
      const auto read =
          model::read_onnx(rope_of(model_bytes(model_text(opset, row.inputs, row.body))), "test.onnx");
      REQUIRE(read.has_value());
      const auto inferred = model::infer(*read, {});
      REQUIRE_FALSE(inferred.has_value());
      CHECK(inferred.error().code == std::string(row.code));
      CHECK(inferred.error().fault == model::Fault::kMalformed);
      CHECK_FALSE(inferred.error().where.node.empty());
    }
  }
}

}  // namespace padproof::test
