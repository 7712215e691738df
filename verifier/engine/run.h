// SPDX-License-Identifier: Apache-2.0
// One execution of a model: its graphs, nested, under one memory budget.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "verifier/engine/chain.h"
#include "verifier/engine/executor.h"
#include "verifier/engine/frame.h"
#include "verifier/engine/kernel.h"
#include "verifier/engine/memory_budget.h"

namespace padproof::verifier {

class ModelRun {
 public:
  ModelRun(const model::Model& model, const ExecuteOptions& options, const MemoryBudget& memory)
      : model_(model), options_(options), memory_(memory) {}

  /// The main graph's outputs, in order.
  model::Result<std::vector<Tensor>> run_main(const NamedTensors& inputs);

 private:
  using Inputs = std::vector<const Tensor*>;  // null where omitted
  using Outputs = model::Result<std::vector<Tensor>>;

  model::Result<void> bind_inputs(Frame& frame, const NamedTensors& inputs) const;
  model::Result<void> run_nodes(Frame& frame);
  [[nodiscard]] bool may_fuse(const Frame& frame) const;
  model::Result<void> run_node(Frame& frame, const model::Node& node, Chain& chain);
  model::Result<Inputs> inputs_of(Frame& frame, const model::Node& node) const;
  Outputs dispatch_node(Frame& frame, const model::Node& node, const Inputs& inputs, Chain& chain);
  Outputs run_operator(const Frame& frame, const model::Node& node, const Inputs& inputs, Chain& chain);
  Outputs call(const Frame& frame, const model::Node& node, const model::Function& function,
               const Inputs& inputs);
  /// Runs a graph held by a node of `parent` (or a function's body, without a parent) on its inputs by
  /// position.
  Outputs run_nested(const model::Graph& graph, Frame* parent, Surroundings surroundings,
                     const Inputs& inputs);
  Outputs collect(Frame& frame);

  // control.cpp
  Outputs run_if(Frame& frame, const model::Node& node, const Inputs& inputs);
  Outputs run_loop(Frame& frame, const model::Node& node, const Inputs& inputs);

  const model::Model& model_;
  const ExecuteOptions& options_;
  const MemoryBudget& memory_;
  std::map<const model::Graph*, Schedule> schedules_;
  std::int64_t loop_turns_ = 0;  // of all loops so far
};

}  // namespace padproof::verifier
