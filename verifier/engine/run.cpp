// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/run.h"

#include <algorithm>

#include "model/locate.h"
#include "verifier/engine/graph_walk.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;
using model::ValueId;

/// Deeper nesting than any model needs; bounds the stack.
constexpr int kMaxDepth = 100;

Result<void> check_declared(const model::ValueInfo& info, const Tensor& tensor) {
  if (!info.type.is_tensor) return {};
  const auto usage = [&](std::string what, std::string got, std::string limit) {
    return Error(model::Diagnostic{model::Fault::kUsage,
                                   "input-mismatch",
                                   "input '" + model::printable(info.name) + "': " + std::move(what),
                                   std::move(got),
                                   std::move(limit),
                                   {}});
  };
  if (info.type.dtype != model::DataType::kUndefined && info.type.dtype != tensor.dtype())
    return usage("element type differs from the declared one", model::to_string(tensor.dtype()),
                 model::to_string(info.type.dtype));
  if (!info.type.shape) return {};
  bool fits = info.type.shape->size() == tensor.rank();
  for (std::size_t i = 0; fits && i < tensor.rank(); ++i) {
    const auto extent = (*info.type.shape)[i].constant();
    fits = !extent || *extent == tensor.dims()[i];
  }
  if (fits) return {};
  return usage("shape differs from the declared one", to_string(tensor.dims()),
               model::to_string(*info.type.shape));
}

}  // namespace

ModelRun::Outputs ModelRun::run_main(const NamedTensors& inputs) {
  Frame frame = main_frame();
  if (auto bound = bind_inputs(frame, inputs); !bound) return Error(bound.error());
  if (auto done = run_nodes(frame); !done) return Error(done.error());
  return collect(frame);
}

Frame ModelRun::main_frame() const { return {*model_.graph, nullptr, {&model_.opset_imports, nullptr, 0}}; }

Result<void> ModelRun::bind_inputs(Frame& frame, const NamedTensors& inputs) const {
  std::size_t known = 0;
  for (const model::ValueInfo& info : frame.graph().inputs) {
    const auto given = inputs.find(info.name);
    if (given == inputs.end()) {
      if (frame.graph().values[info.value].initializer != nullptr) continue;
      return Error(model::Diagnostic{model::Fault::kUsage,
                                     "missing-input",
                                     "no value for input '" + model::printable(info.name) + "'",
                                     {},
                                     {},
                                     {}});
    }
    ++known;
    if (auto checked = check_declared(info, given->second); !checked) return checked;
    frame.set(info.value, given->second);
  }
  if (known == inputs.size()) return {};
  for (const auto& [name, tensor] : inputs) {
    const auto& declared = frame.graph().inputs;
    const bool is_known = std::any_of(
        declared.begin(), declared.end(),
        [wanted = std::string_view(name)](const model::ValueInfo& info) { return info.name == wanted; });
    if (!is_known)
      return Error(model::Diagnostic{model::Fault::kUsage,
                                     "unknown-input",
                                     "the model has no such input",
                                     model::printable(name),
                                     {},
                                     {}});
  }
  return {};
}

const Schedule& ModelRun::schedule(const model::Graph& graph) {
  const auto [schedule, is_new] = schedules_.try_emplace(&graph);
  if (is_new) schedule->second = schedule_of(graph);
  return schedule->second;
}

Result<void> ModelRun::run_nodes(Frame& frame) {
  GraphWalk walk(*this, frame);
  while (!walk.at_end())
    if (auto done = walk.step(); !done) return done;
  return {};
}

Result<void> ModelRun::check_progress(const Frame& frame, std::size_t position) const {
  if (options_.cancelled && options_.cancelled())
    return model::unsupported("cancelled", "the run was stopped");
  if (auto left = model::check_deadline(options_.limit.deadline); !left) return left;
  if (options_.on_progress && &frame.graph() == model_.graph.get())
    options_.on_progress(position, frame.graph().nodes.size());
  return {};
}

// An observer wants to see every value.
bool ModelRun::may_fuse(const Frame& frame) const {
  return options_.fuse && !options_.oracle && !(options_.on_value && &frame.graph() == model_.graph.get());
}

Result<ModelRun::Inputs> ModelRun::inputs_of(Frame& frame, const model::Node& node) const {
  const Operator* const op = find_operator(node.domain, node.op_type);
  const std::size_t in_place =
      op == nullptr || model::find_function(model_, node) != nullptr ? kNoInput : op->in_place_input;
  Inputs inputs;
  for (const ValueId value : node.inputs) {
    if (value == model::kNoValue) {
      inputs.push_back(nullptr);
      continue;
    }
    const auto tensor = inputs.size() == in_place ? frame.get_in_place(value) : frame.get(value);
    if (!tensor) return Error(tensor.error());
    inputs.push_back(*tensor);
  }
  return inputs;
}

Result<void> ModelRun::run_node(Frame& frame, const model::Node& node, Chain& chain) {
  const auto inputs = inputs_of(frame, node);
  if (!inputs) return Error(inputs.error());
  auto outputs = dispatch_node(frame, node, *inputs, chain);
  if (!outputs) return Error(outputs.error());
  if (chain.followers.done) {
    frame.set(chain.result, std::move(outputs->front()));
    return {};
  }
  const bool is_main = &frame.graph() == model_.graph.get();
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == model::kNoValue) continue;
    if (is_main && options_.on_value)
      options_.on_value(node, frame.graph().values[node.outputs[i]].name, (*outputs)[i]);
    frame.set(node.outputs[i], std::move((*outputs)[i]));
  }
  return {};
}

ModelRun::Outputs ModelRun::dispatch_node(Frame& frame, const model::Node& node, const Inputs& inputs,
                                          Chain& chain) {
  // Calls that call twice each have nothing else to count.
  if (auto allowed = meter_.spend(1); !allowed) return Error(allowed.error());
  if (const model::Function* const function = model::find_function(model_, node))
    return call(frame, node, *function, inputs);
  if (node.domain.empty() && node.op_type == "If") return run_if(frame, node, inputs);
  if (node.domain.empty() && node.op_type == "Loop") return run_loop(frame, node, inputs);
  return run_operator(frame, node, inputs, chain);
}

ModelRun::Outputs ModelRun::run_operator(const Frame& frame, const model::Node& node, const Inputs& inputs,
                                         Chain& chain) {
  const Operator* const op = find_operator(node.domain, node.op_type);
  if (op == nullptr)
    return model::unsupported(
        "not-in-engine", "the engine does not implement this operator",
        model::printable(node.domain) + (node.domain.empty() ? "" : ".") + model::printable(node.op_type));
  std::vector<Tensor> outputs(node.outputs.size());
  KernelContext context{
      node,   model::Attributes(node, frame.surroundings().scope), frame.opset_of(node), inputs, outputs,
      memory_};
  context.oracle = options_.oracle;
  if (!chain.nodes.empty()) context.followers = &chain.followers;
  if (auto done = meter_.run(*op, context); !done) return Error(done.error());
  return outputs;
}

ModelRun::Outputs ModelRun::call(const Frame& frame, const model::Node& node, const model::Function& function,
                                 const Inputs& inputs) {
  const model::AttributeScope scope{&node, &function, frame.surroundings().scope};
  auto outputs = run_nested(*function.body, nullptr,
                            {&function.opset_imports, &scope, frame.surroundings().depth + 1}, inputs);
  if (outputs && outputs->size() < node.outputs.size())
    return model::malformed("output-count", "a function has fewer outputs than its call");
  return outputs;
}

ModelRun::Outputs ModelRun::run_nested(const model::Graph& graph, Frame* parent, Surroundings surroundings,
                                       const Inputs& inputs) {
  if (surroundings.depth > kMaxDepth)
    return model::unsupported("nesting", "graphs are nested too deeply", std::to_string(surroundings.depth),
                              std::to_string(kMaxDepth));
  if (inputs.size() > graph.inputs.size())
    return model::malformed("input-count", "more inputs than the graph has", std::to_string(inputs.size()),
                            std::to_string(graph.inputs.size()));
  Frame frame(graph, parent, surroundings);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i] != nullptr) frame.set(graph.inputs[i].value, *inputs[i]);
  if (auto done = run_nodes(frame); !done) return Error(done.error());
  return collect(frame);
}

ModelRun::Outputs ModelRun::collect(Frame& frame) {
  std::vector<Tensor> outputs;
  for (const model::ValueInfo& info : frame.graph().outputs) {
    const auto tensor = frame.get(info.value);
    if (!tensor) return Error(tensor.error());
    if (*tensor == nullptr)
      return model::at_graph(
          model::malformed("missing-output", "an output has no value", model::printable(info.name)).value(),
          frame.graph());
    outputs.push_back(**tensor);
  }
  return outputs;
}

}  // namespace padproof::verifier
