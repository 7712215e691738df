// SPDX-License-Identifier: Apache-2.0
#include "model/onnx/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/mapped_file.h"
#include "model/onnx/fields.h"
#include "model/onnx/parse.h"
#include "model/side_files.h"
#include "model/visit_tensors.h"

namespace padproof::model {
namespace {

namespace model_fields = fields::model_proto;
using onnx_reader::expect_message;
using onnx_reader::for_each_field;
using onnx_reader::index_functions;
using onnx_reader::parse_function;
using onnx_reader::parse_graph;
using onnx_reader::parse_opset_import;
using onnx_reader::read_bytes_into;
using onnx_reader::read_int;
using onnx_reader::resolve;

struct ModelParser {
  const Rope& source;
  Model& model;

  Result<void> operator()(const Field& field) {
    switch (field.number) {
      case model_fields::kIrVersion: {
        const auto version = read_int(field);
        if (!version) return Error(version.error());
        model.ir_version = *version;
        return {};
      }
      case model_fields::kProducerName:
        return read_bytes_into(source, field, model.producer_name);
      case model_fields::kProducerVersion:
        return read_bytes_into(source, field, model.producer_version);
      case model_fields::kOpsetImport:
        return parse_opset_import(source, field, model.opset_imports);
      case model_fields::kGraph:
        return add_graph(field);
      case model_fields::kFunctions:
        return add_function(field);
      case model_fields::kTrainingInfo:
        model.has_training_info = true;
        return {};
      default:
        return {};
    }
  }

  Result<void> add_graph(const Field& field) {
    if (auto checked = expect_message(field); !checked) return checked;
    if (model.graph != nullptr) return malformed("given-twice", "the model has two graphs");
    model.graph = std::make_unique<Graph>();
    model.graph->path = "main";
    return parse_graph(source, field.body, *model.graph, 1);
  }

  Result<void> add_function(const Field& field) {
    if (auto checked = expect_message(field); !checked) return checked;
    auto function = parse_function(source, field.body);
    if (!function) return Error(function.error());
    model.functions.push_back(std::move(*function));
    return {};
  }
};

// Before IR version 4 every initializer had to be listed as an input too, and was a constant all the same.
void make_defaults_constants(Graph& graph) {
  const auto is_default = [&](const ValueInfo& input) {
    const Value& value = graph.values[input.value];
    return value.initializer != nullptr || value.sparse_initializer != nullptr;
  };
  for (const ValueInfo& input : graph.inputs) {
    if (is_default(input)) graph.values[input.value].kind = ValueKind::kInitializer;
  }
  std::erase_if(graph.inputs, is_default);
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    graph.values[graph.inputs[i].value].producer = static_cast<std::uint32_t>(i);
  }
}

void place_external_data(Model& model) {
  std::shared_ptr<const SideFiles> files;
  visit_model_tensors(model, [&](TensorRef& tensor) {
    if (tensor.storage != Storage::kExternal) return;
    if (files == nullptr) files = std::make_shared<const SideFiles>(model.file);
    tensor.external.files = files;
  });
  model.side_files = files;
}

Result<void> finish(Model& model) {
  if (model.graph == nullptr) return malformed("no-graph", "not an ONNX model: it holds no graph");
  // IR versions 1 and 2 had no operator set imports; their operators are those of version 1. Later files
  // without any are cut off: exporters write the imports last.
  if (model.opset_imports.empty() && model.ir_version >= 3) {
    return malformed("no-opset", "the model imports no operator set",
                     fmt::format("IR version {}", model.ir_version));
  }
  if (model.opset_imports.empty()) model.opset_imports.emplace("", 1);
  place_external_data(model);
  if (model.ir_version < 4) make_defaults_constants(*model.graph);
  if (auto resolved = resolve(*model.graph); !resolved) return resolved;
  return index_functions(model);
}

Result<void> recognise(const Rope& source) {
  if (source.size() == 0) return malformed("empty-file", "the file is empty");
  constexpr std::string_view kLfsPointer = "version https://git-lfs";
  const Bytes head = source.view(0, std::min<std::uint64_t>(source.size(), kLfsPointer.size()));
  if (head == kLfsPointer) {
    return malformed("lfs-pointer",
                     "this is a Git-LFS pointer, not a model: fetch the file with git lfs pull");
  }
  return {};
}

}  // namespace

Result<Model> read_onnx(std::shared_ptr<const Rope> source, std::string file) {
  Model model;
  model.file = std::move(file);
  model.source = std::move(source);
  Result<void> read = recognise(*model.source);
  if (read) {
    ModelParser parser{*model.source, model};
    read = for_each_field(*model.source, {0, model.source->size()},
                          [&](const Field& field) { return parser(field); });
  }
  if (read) read = finish(model);
  if (read) return model;
  // What is wrong with a file that changes meanwhile is that.
  if (auto checked = model.source->check_unchanged(); !checked) return Error(checked.error());
  Diagnostic diagnostic = read.error();
  diagnostic.where.file = model.file;
  return Error(std::move(diagnostic));
}

Result<Model> load_onnx(const std::string& path) {
  auto source = path == "-" ? read_standard_input() : map_file(path);
  if (!source) return Error(source.error());
  return read_onnx(std::move(*source), path);
}

}  // namespace padproof::model
