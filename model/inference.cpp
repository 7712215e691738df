// SPDX-License-Identifier: Apache-2.0
#include "model/inference.h"

#include <fmt/format.h>

#include <cstring>

#include "model/inference_engine.h"
#include "model/locate.h"
#include "model/onnx_inference.h"
#include "model/tensor_values.h"

namespace padproof::model {
namespace {

constexpr std::size_t kMaxFloats = 16;
// No list of kMaxContents numbers takes more, however it is written.
constexpr std::size_t kMostSmallBytes = std::size_t{64} << 10;

bool knows_everything(const ValueFacts& facts) {
  if (!facts.shape) return false;
  for (const Extent& extent : *facts.shape) {
    if (!extent.is_known()) return false;
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<GraphInstance>> infer(const Model& model, const InferenceOptions& options) {
  auto inferred = InferenceEngine(model, options).run();
  if (inferred) return inferred;
  Diagnostic diagnostic = inferred.error();
  if (diagnostic.where.file.empty()) diagnostic.where.file = model.file;
  return Error(std::move(diagnostic));
}

ValueFacts constant_facts(const TensorRef& tensor) {
  ValueFacts facts;
  facts.dtype = tensor.dtype;
  if (tensor.dims.size() > kMaxRank) {
    facts.lost = fmt::format("constant '{}' (of rank {})", printable(tensor.name), tensor.dims.size());
    return facts;
  }
  facts.shape.emplace(tensor.dims.begin(), tensor.dims.end());
  const auto count = element_count(tensor);
  if (tensor.dims.size() > 1 || !count || *count > kMaxContents) return facts;
  if (tensor.message.size() > kMostSmallBytes) return facts;
  // What cannot be decoded (external, other types) is simply not followed by value.
  if (tensor.dtype == DataType::kFloat) {
    const auto packed = read_packed(tensor);
    if (!packed || packed->size() > kMaxFloats * sizeof(float)) return facts;
    facts.floats.emplace(packed->size() / sizeof(float));
    if (!packed->empty()) std::memcpy(facts.floats->data(), packed->data(), packed->size());
  } else if (const auto integers = read_integers(tensor)) {
    facts.contents.emplace(integers->begin(), integers->end());
  }
  return facts;
}

Result<std::unique_ptr<GraphInstance>> InferenceEngine::run() {
  auto main = std::make_unique<GraphInstance>();
  main->graph = model_.graph.get();
  main->opset_imports = std::make_shared<std::map<std::string_view, std::int64_t>>(model_.opset_imports);
  main->values.resize(main->graph->values.size());
  if (auto bound = bind_main_inputs(*main); !bound) return Error(bound.error());
  if (auto ran = run_graph(*main); !ran) return Error(ran.error());
  return main;
}

Result<void> InferenceEngine::set_initializers(GraphInstance& instance) {
  for (ValueId id = 0; id < instance.graph->values.size(); ++id) {
    const Value& value = instance.graph->values[id];
    if (value.initializer != nullptr) {
      if (auto checked = check_size(*value.initializer); !checked) return checked;
    }
    if (value.kind != ValueKind::kInitializer) continue;
    ValueFacts& facts = instance.values[id];
    if (value.initializer != nullptr) {
      if (auto spent = budget_.spend(units_of(*value.initializer)); !spent) return spent;
      facts = constant_facts(*value.initializer);
    } else if (value.sparse_initializer != nullptr) {
      facts.dtype = value.sparse_initializer->values.dtype;
      const auto& dims = value.sparse_initializer->dims;
      if (dims.size() <= kMaxRank) facts.shape.emplace(dims.begin(), dims.end());
    }
  }
  return {};
}

Result<void> InferenceEngine::run_graph(GraphInstance& instance) {
  const Graph& graph = *instance.graph;
  const auto level = budget_.enter();
  if (auto checked = level.check(); !checked) return checked;
  if (auto spent = budget_.spend(graph.values.size() + graph.value_info.size()); !spent) return spent;
  if (auto set = set_initializers(instance); !set) return at_graph(set.error(), graph);
  if (declared_.find(&graph) == declared_.end()) {
    auto& declared = declared_[&graph];
    for (const ValueInfo& info : graph.value_info) {
      if (info.value != kNoValue) declared.emplace_back(info.value, &info.type);
    }
  }
  // value_info of inputs, initializers and outer values has nothing to add but must not contradict.
  std::vector<const ValueType*> declared_types(graph.values.size(), nullptr);
  for (const auto& [value, type] : declared_[&graph]) {
    declared_types[value] = type;
    if (graph.values[value].kind == ValueKind::kNodeOutput) continue;
    if (auto applied = apply_declared(instance, value, *type, "value_info"); !applied) return applied;
  }
  for (const std::uint32_t index : graph.order) {
    const Node& node = graph.nodes[index];
    if (auto ran = run_node(instance, node); !ran) return at_node(ran.error(), graph, node);
    for (const ValueId output : node.outputs) {
      if (output == kNoValue || declared_types[output] == nullptr) continue;
      if (auto applied = apply_declared(instance, output, *declared_types[output], "value_info"); !applied) {
        return at_node(applied.error(), graph, node);
      }
    }
  }
  for (const ValueInfo& output : graph.outputs) {
    if (auto applied = apply_declared(instance, output.value, output.type, "output"); !applied) {
      return at_graph(applied.error(), graph);
    }
  }
  return {};
}

Result<void> InferenceEngine::enter_node(const Node& node, Inputs inputs) {
  std::size_t units = 1;
  for (const ValueFacts* input : inputs) units += input == nullptr ? 0 : units_of(*input);
  for (const Attribute& attribute : node.attributes) {
    for (const TensorRef& tensor : attribute.tensors) {
      if (auto checked = check_size(tensor); !checked) return checked;
      units += units_of(tensor);
    }
  }
  return budget_.spend(units);
}

Result<void> InferenceEngine::run_node(GraphInstance& instance, const Node& node) {
  std::vector<const ValueFacts*> inputs;
  bool recorded = false;
  bool bound = false;
  for (const ValueId input : node.inputs) {
    inputs.push_back(input == kNoValue ? nullptr : &instance.facts(input));
    if (inputs.back() == nullptr) continue;
    recorded = recorded || inputs.back()->rests_on_value_info;
    bound = bound || inputs.back()->rests_on_options;
  }
  if (auto entered = enter_node(node, inputs); !entered) return entered;
  std::vector<ValueFacts> outputs(node.outputs.size());
  if (auto ran = dispatch(instance, node, inputs, outputs); !ran) return ran;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (node.outputs[i] == kNoValue) continue;
    ValueFacts& facts = outputs[i];
    if (facts.shape && facts.shape->size() > kMaxRank) facts.shape.reset();
    if (auto spent = budget_.spend(units_of(facts)); !spent) return spent;
    facts.rests_on_value_info = facts.rests_on_value_info || recorded;
    facts.rests_on_options = facts.rests_on_options || bound;
    if (!knows_everything(facts) && facts.lost.empty()) {
      facts.lost = fmt::format("{} '{}'", printable(node.op_type), display_name(*instance.graph, node));
    }
    instance.values[node.outputs[i]] = std::move(facts);
  }
  return {};
}

Result<void> InferenceEngine::dispatch(GraphInstance& instance, const Node& node, Inputs inputs,
                                       Outputs outputs) {
  if (const Function* function = find_function(model_, node)) {
    return call_function(instance, node, *function, inputs, outputs);
  }
  if (node.domain.empty()) {
    if (node.op_type == "If") return run_if(instance, node, outputs);
    if (node.op_type == "Loop") return run_loop(instance, node, inputs, outputs);
    if (node.op_type == "Scan") return run_scan(instance, node, inputs, outputs);
  }
  if (auto ran = run_unknown_subgraphs(instance, node); !ran) return ran;
  const std::int64_t opset = instance.opset_of(node);
  const Rule rule = opset == 0 && node.domain.empty() ? nullptr : find_rule(node.domain, node.op_type);
  if (rule == nullptr) {
    fall_back(instance, node, inputs, outputs);
    return {};
  }
  RuleContext context(node, opset, instance.attribute_scope(), inputs, outputs, instance.graph);
  return run_rule(rule, context);
}

void InferenceEngine::fall_back(const GraphInstance& instance, const Node& node, Inputs inputs,
                                Outputs outputs) {
  const std::string name =
      fmt::format("{} '{}'", printable(node.op_type), display_name(*instance.graph, node));
  if (options_.use_onnx_library) {
    auto facts = infer_with_onnx_library(node, instance.opset_of(node),
                                         model_.source->view(node.body.begin, node.body.end), inputs);
    if (facts) {
      for (std::size_t i = 0; i < outputs.size() && i < facts->size(); ++i)
        outputs[i] = std::move((*facts)[i]);
      return;
    }
  }
  const std::string reason =
      instance.opset_of(node) == 0 ? "its operator set is not imported" : "no shape rule for it";
  for (ValueFacts& output : outputs) output.lost = fmt::format("{} ({})", name, reason);
}

}  // namespace padproof::model
