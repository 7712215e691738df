// SPDX-License-Identifier: Apache-2.0
// Functions, If, Loop and Scan: graphs inside graphs. Source: ONNX operator schemas If-1..25, Loop-1..25,
// Scan-8..25.
#include <algorithm>

#include "model/inference_engine.h"

namespace padproof::model {
namespace {

const Attribute* graph_attribute(const Node& node, std::string_view name) {
  for (const Attribute& attribute : node.attributes) {
    if (attribute.name == name && attribute.kind == AttributeKind::kGraph && !attribute.graphs.empty()) {
      return &attribute;
    }
  }
  return nullptr;
}

Error no_body(std::string_view name) {
  return malformed("no-subgraph", "the node has no graph attribute '" + std::string(name) + "'");
}

ValueFacts scalar(DataType dtype) {
  ValueFacts facts;
  facts.dtype = dtype;
  facts.shape.emplace();
  return facts;
}

bool same_facts(const ValueFacts& left, const ValueFacts& right) {
  if (left.dtype != right.dtype || left.shape.has_value() != right.shape.has_value()) return false;
  if (!left.shape) return true;
  // Unknown extents equal nothing, but "unknown stays unknown" is a fixed point.
  return std::equal(
      left.shape->begin(), left.shape->end(), right.shape->begin(), right.shape->end(),
      [](const Extent& a, const Extent& b) { return a.is_known() ? a.same_as(b) : !b.is_known(); });
}

ValueFacts without_contents(ValueFacts facts) {
  facts.contents.reset();
  facts.floats.reset();
  return facts;
}

}  // namespace

ValueFacts join(const ValueFacts& left, const ValueFacts& right) {
  ValueFacts joined;
  if (left.dtype == right.dtype) joined.dtype = left.dtype;
  joined.lost = !left.lost.empty() ? left.lost : right.lost;
  joined.rests_on_value_info = left.rests_on_value_info || right.rests_on_value_info;
  joined.rests_on_options = left.rests_on_options || right.rests_on_options;
  if (!left.shape || !right.shape || left.shape->size() != right.shape->size()) return joined;
  joined.shape.emplace();
  for (std::size_t i = 0; i < left.shape->size(); ++i) {
    const Extent& extent = (*left.shape)[i];
    joined.shape->push_back(extent.same_as((*right.shape)[i]) ? extent : Extent());
  }
  return joined;
}

GraphInstance& InferenceEngine::add_subgraph(GraphInstance& instance, const Node& node,
                                             const Attribute& attribute) {
  auto child = std::make_unique<GraphInstance>();
  child->graph = attribute.graphs[0].get();
  child->parent = &instance;
  child->holder = &node;
  child->opset_imports = instance.opset_imports;
  if (instance.scope) child->scope = std::make_unique<AttributeScope>(*instance.scope);
  child->values.resize(child->graph->values.size());
  return instance.set_child(node, attribute.name, std::move(child));
}

Result<void> InferenceEngine::call_function(GraphInstance& instance, const Node& node,
                                            const Function& function, Inputs inputs, Outputs outputs) {
  auto child = std::make_unique<GraphInstance>();
  child->graph = function.body.get();
  child->parent = &instance;
  child->holder = &node;
  child->function = &function;
  auto& imports = function_imports_[&function];
  if (imports == nullptr) {
    imports = std::make_shared<std::map<std::string_view, std::int64_t>>(function.opset_imports);
  }
  child->opset_imports = imports;
  child->scope =
      std::make_unique<AttributeScope>(AttributeScope{&node, &function, instance.attribute_scope()});
  child->values.resize(child->graph->values.size());
  const auto& parameters = child->graph->inputs;
  if (inputs.size() > parameters.size()) {
    return malformed("too-many-inputs", "the call passes more inputs than the function takes",
                     std::to_string(inputs.size()), std::to_string(parameters.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] != nullptr) child->values[parameters[i].value] = *inputs[i];
  }
  GraphInstance& body = instance.set_child(node, "", std::move(child));
  if (auto ran = run_graph(body); !ran) return ran;
  const auto& results = body.graph->outputs;
  for (std::size_t i = 0; i < outputs.size() && i < results.size(); ++i) {
    if (results[i].value != kNoValue) outputs[i] = body.facts(results[i].value);
  }
  return {};
}

Result<void> InferenceEngine::run_if(GraphInstance& instance, const Node& node, Outputs outputs) {
  GraphInstance* branches[2] = {};
  const std::string_view names[2] = {"then_branch", "else_branch"};
  for (std::size_t i = 0; i < 2; ++i) {
    const Attribute* attribute = graph_attribute(node, names[i]);
    if (attribute == nullptr) return no_body(names[i]);
    branches[i] = &add_subgraph(instance, node, *attribute);
    if (auto ran = run_graph(*branches[i]); !ran) return ran;
    if (branches[i]->graph->outputs.size() < outputs.size()) {
      return malformed("too-few-outputs", "a branch has fewer outputs than the node",
                       std::to_string(branches[i]->graph->outputs.size()), std::to_string(outputs.size()));
    }
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i] = join(branches[0]->facts(branches[0]->graph->outputs[i].value),
                      branches[1]->facts(branches[1]->graph->outputs[i].value));
  }
  return {};
}

Result<GraphInstance*> InferenceEngine::run_to_fixed_point(GraphInstance& instance, const Node& node,
                                                           const Attribute& body,
                                                           std::vector<ValueFacts> inputs,
                                                           std::size_t first_carried, std::size_t carried,
                                                           std::size_t first_carried_output) {
  const Graph& graph = *body.graphs[0];
  if (graph.inputs.size() < inputs.size() || graph.outputs.size() < first_carried_output + carried) {
    return malformed("body-arity", "the body has too few inputs or outputs",
                     std::to_string(graph.inputs.size()), std::to_string(inputs.size()));
  }
  for (;;) {
    GraphInstance& child = add_subgraph(instance, node, body);
    for (std::size_t i = 0; i < inputs.size(); ++i) child.values[graph.inputs[i].value] = inputs[i];
    if (auto ran = run_graph(child); !ran) return Error(ran.error());
    bool stable = true;
    for (std::size_t i = 0; i < carried; ++i) {
      ValueFacts& before = inputs[first_carried + i];
      const ValueFacts& after = child.facts(graph.outputs[first_carried_output + i].value);
      // Each round forgets at least one extent, a rank or a type, so this ends.
      const ValueFacts both = join(before, after);
      if (!same_facts(before, both)) {
        stable = false;
        before = both;
        if (before.lost.empty()) before.lost = "the loop changes its shape";
      }
    }
    if (stable) return &child;
  }
}

Result<void> InferenceEngine::run_loop(GraphInstance& instance, const Node& node, Inputs inputs,
                                       Outputs outputs) {
  const Attribute* body = graph_attribute(node, "body");
  if (body == nullptr) return no_body("body");
  const std::size_t carried = inputs.size() < 2 ? 0 : inputs.size() - 2;
  std::vector<ValueFacts> body_inputs{scalar(DataType::kInt64), scalar(DataType::kBool)};
  for (std::size_t i = 0; i < carried; ++i) {
    body_inputs.push_back(inputs[i + 2] == nullptr ? ValueFacts{} : without_contents(*inputs[i + 2]));
  }
  const auto child = run_to_fixed_point(instance, node, *body, std::move(body_inputs), 2, carried, 1);
  if (!child) return Error(child.error());
  const auto& results = (*child)->graph->outputs;
  for (std::size_t i = 0; i < outputs.size() && i + 1 < results.size(); ++i) {
    outputs[i] = without_contents((*child)->facts(results[i + 1].value));
    if (i < carried) {
      // No turn at all: the value passed in comes out.
      if (inputs[i + 2] != nullptr) outputs[i] = join(outputs[i], *inputs[i + 2]);
    } else if (outputs[i].shape) {
      outputs[i].shape->insert(outputs[i].shape->begin(), Extent());
      outputs[i].lost = "Loop (how often it turns depends on data)";
    }
  }
  return {};
}

Result<void> InferenceEngine::run_scan(GraphInstance& instance, const Node& node, Inputs inputs,
                                       Outputs outputs) {
  const Attribute* body = graph_attribute(node, "body");
  if (body == nullptr) return no_body("body");
  const Attributes attributes(node, instance.attribute_scope());
  const auto scans =
      static_cast<std::size_t>(std::max<std::int64_t>(0, attributes.int_or("num_scan_inputs", 0)));
  const auto& axes = attributes.ints("scan_input_axes");
  // Scan-8 carries a batch axis and a lengths input: nothing exports it for CNNs.
  if (instance.opset_of(node) < 9 || scans == 0 || scans > inputs.size())
    return run_unknown_subgraphs(instance, node);
  const std::size_t carried = inputs.size() - scans;
  std::vector<ValueFacts> body_inputs;
  Extent length;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    body_inputs.push_back(inputs[i] == nullptr ? ValueFacts{} : without_contents(*inputs[i]));
    ValueFacts& facts = body_inputs.back();
    if (i < carried || !facts.shape) continue;
    const auto axis = normalize_axis(axes.size() == scans ? axes[i - carried] : 0, facts.shape->size());
    if (!axis) return Error(axis.error());
    length = (*facts.shape)[*axis];
    facts.shape->erase(facts.shape->begin() + static_cast<std::ptrdiff_t>(*axis));
  }
  const auto child = run_to_fixed_point(instance, node, *body, std::move(body_inputs), 0, carried, 0);
  if (!child) return Error(child.error());
  const auto& results = (*child)->graph->outputs;
  const auto& output_axes = attributes.ints("scan_output_axes");
  for (std::size_t i = 0; i < outputs.size() && i < results.size(); ++i) {
    outputs[i] = without_contents((*child)->facts(results[i].value));
    if (i < carried || !outputs[i].shape) continue;
    const std::size_t rank = outputs[i].shape->size() + 1;
    const auto axis = normalize_axis(i - carried < output_axes.size() ? output_axes[i - carried] : 0, rank);
    if (!axis) return Error(axis.error());
    outputs[i].shape->insert(outputs[i].shape->begin() + static_cast<std::ptrdiff_t>(*axis), length);
  }
  return {};
}

// A node that holds graphs and is not understood: its bodies are visited with nothing known of their inputs,
// so that the convolutions inside are seen, and refused, instead of being passed over.
Result<void> InferenceEngine::run_unknown_subgraphs(GraphInstance& instance, const Node& node) {
  for (const Attribute& attribute : node.attributes) {
    for (std::size_t i = 0; i < attribute.graphs.size(); ++i) {
      if (i > 0) return unsupported("graph-list", "the node holds a list of graphs");
      GraphInstance& child = add_subgraph(instance, node, attribute);
      for (const ValueInfo& input : child.graph->inputs) {
        child.values[input.value].lost =
            std::string(node.op_type) + " (what it passes to its body is not known)";
      }
      if (auto ran = run_graph(child); !ran) return ran;
    }
  }
  return {};
}

}  // namespace padproof::model
