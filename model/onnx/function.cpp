// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include "model/onnx/fields.h"
#include "model/onnx/parse.h"

namespace padproof::model::onnx_reader {
namespace {

namespace function_fields = fields::function_proto;

struct FunctionParser {
  const Rope& source;
  Function& function;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;

  Result<void> operator()(const Field& field) {
    switch (field.number) {
      case function_fields::kName:
        return read_bytes_into(source, field, function.name);
      case function_fields::kDomain:
        return read_bytes_into(source, field, function.domain);
      case function_fields::kOverload:
        return read_bytes_into(source, field, function.overload);
      case function_fields::kInput:
        return add_name(field, inputs);
      case function_fields::kOutput:
        return add_name(field, outputs);
      case function_fields::kAttribute:
        return add_name(field, function.attribute_names);
      case function_fields::kNode:
        return parse_node(source, field, *function.body, 1);
      case function_fields::kOpsetImport:
        return parse_opset_import(source, field, function.opset_imports);
      case function_fields::kAttributeProto: {
        if (function.attribute_defaults.size() == kMaxAttributes) return too_many_attributes();
        auto attribute = parse_attribute(source, field, *function.body, 1);
        if (!attribute) return Error(attribute.error());
        function.attribute_defaults.push_back(std::move(*attribute));
        return {};
      }
      default:
        return {};
    }
  }

  Result<void> add_name(const Field& field, std::vector<std::string_view>& names) const {
    const auto name = read_bytes(source, field);
    if (!name) return Error(name.error());
    names.push_back(*name);
    return {};
  }
};

Result<void> define_interface(const FunctionParser& parser, Graph& body) {
  for (const std::string_view name : parser.inputs) {
    const auto id = define(body, name, ValueKind::kInput, static_cast<std::uint32_t>(body.inputs.size()), 0);
    if (!id) return Error(id.error());
    ValueInfo input;
    input.value = *id;
    input.name = name;
    body.inputs.push_back(std::move(input));
  }
  for (const std::string_view name : parser.outputs) {
    ValueInfo output;
    output.value = intern(body, name);
    output.name = name;
    body.outputs.push_back(std::move(output));
  }
  return {};
}

enum class Mark { kNew, kOpen, kDone };

struct CallGraph {
  const std::unordered_map<std::string, std::size_t>& by_key;
  std::vector<std::vector<std::size_t>> calls;
  std::vector<Mark> marks;
};

void collect_calls(const CallGraph& call_graph, const Graph& graph, std::vector<std::size_t>& calls) {
  for (const Node& node : graph.nodes) {
    const auto called = call_graph.by_key.find(function_key(node.domain, node.op_type, node.overload));
    if (called != call_graph.by_key.end()) calls.push_back(called->second);
    for (const Attribute& attribute : node.attributes) {
      for (const auto& subgraph : attribute.graphs) collect_calls(call_graph, *subgraph, calls);
    }
  }
}

// Depth first with an explicit stack: a chain of a million functions must not exhaust ours.
bool reaches_itself(CallGraph& call_graph, std::size_t start) {
  std::vector<std::pair<std::size_t, std::size_t>> stack{{start, 0}};
  call_graph.marks[start] = Mark::kOpen;
  while (!stack.empty()) {
    auto& [function, next] = stack.back();
    if (next == call_graph.calls[function].size()) {
      call_graph.marks[function] = Mark::kDone;
      stack.pop_back();
      continue;
    }
    const std::size_t called = call_graph.calls[function][next++];
    if (call_graph.marks[called] == Mark::kOpen) return true;
    if (call_graph.marks[called] == Mark::kDone) continue;
    call_graph.marks[called] = Mark::kOpen;
    stack.emplace_back(called, 0);
  }
  return false;
}

}  // namespace

Result<Function> parse_function(const Rope& source, ByteSpan span) {
  Function function;
  function.body = std::make_unique<Graph>();
  FunctionParser parser{source, function, {}, {}};
  if (auto read = for_each_field(source, span, [&](const Field& field) { return parser(field); }); !read) {
    return Error(read.error());
  }
  if (function.name.empty()) return malformed("no-name", "a function has no name");
  function.domain = canonical_domain(function.domain);
  function.body->name = function.name;
  function.body->path = "function " + printable(function.domain) + ":" + printable(function.name);
  if (auto defined = define_interface(parser, *function.body); !defined) return Error(defined.error());
  if (auto resolved = resolve(*function.body); !resolved) return Error(resolved.error());
  return function;
}

Result<void> index_functions(Model& model) {
  for (std::size_t i = 0; i < model.functions.size(); ++i) {
    const Function& function = model.functions[i];
    if (!model.function_index.emplace(function_key(function.domain, function.name, function.overload), i)
             .second) {
      return malformed("duplicate-function", "two functions have one name", function.body->path);
    }
  }
  CallGraph call_graph{model.function_index, {}, std::vector<Mark>(model.functions.size(), Mark::kNew)};
  for (const Function& function : model.functions) {
    collect_calls(call_graph, *function.body, call_graph.calls.emplace_back());
  }
  for (std::size_t i = 0; i < model.functions.size(); ++i) {
    if (call_graph.marks[i] == Mark::kNew && reaches_itself(call_graph, i)) {
      return malformed("recursive-function", "a function calls itself", model.functions[i].body->path);
    }
  }
  return {};
}

}  // namespace padproof::model::onnx_reader
