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
      : model_(model), options_(options), memory_(memory), meter_(options.limit) {}

  using Outputs = model::Result<std::vector<Tensor>>;

  /// The main graph's outputs, in order.
  Outputs run_main(const NamedTensors& inputs);

  // What run_main is made of, for runs that stop in between.
  [[nodiscard]] const model::Model& model() const { return model_; }
  [[nodiscard]] Frame main_frame() const;
  model::Result<void> bind_inputs(Frame& frame, const NamedTensors& inputs) const;
  const Schedule& schedule(const model::Graph& graph);
  [[nodiscard]] bool may_fuse(const Frame& frame) const;
  /// Tells that `position` nodes of the frame's graph are done; an error if the run is to stop.
  model::Result<void> check_progress(const Frame& frame, std::size_t position) const;
  model::Result<void> run_node(Frame& frame, const model::Node& node, Chain& chain);
  static Outputs collect(Frame& frame);

 private:
  using Inputs = std::vector<const Tensor*>;  // null where omitted

  model::Result<void> run_nodes(Frame& frame);
  model::Result<Inputs> inputs_of(Frame& frame, const model::Node& node) const;
  Outputs dispatch_node(Frame& frame, const model::Node& node, const Inputs& inputs, Chain& chain);
  Outputs run_operator(const Frame& frame, const model::Node& node, const Inputs& inputs, Chain& chain);
  Outputs call(const Frame& frame, const model::Node& node, const model::Function& function,
               const Inputs& inputs);
  /// Runs a graph held by a node of `parent` (or a function's body, without a parent) on its inputs by
  /// position.
  Outputs run_nested(const model::Graph& graph, Frame* parent, Surroundings surroundings,
                     const Inputs& inputs);

  // control.cpp
  Outputs run_if(Frame& frame, const model::Node& node, const Inputs& inputs);
  Outputs run_loop(Frame& frame, const model::Node& node, const Inputs& inputs);

  const model::Model& model_;
  const ExecuteOptions& options_;
  const MemoryBudget& memory_;
  WorkMeter meter_;
  std::map<const model::Graph*, Schedule> schedules_;
  std::int64_t loop_turns_ = 0;  // of all loops so far
};

}  // namespace padproof::verifier
