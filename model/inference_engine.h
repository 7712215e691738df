// SPDX-License-Identifier: Apache-2.0
// The inference pass itself. Internal to model/: use inference.h.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/inference.h"
#include "model/inference_budget.h"
#include "model/shapes/rule.h"

namespace padproof::model {

/// Graph input symbols that --input-shape or --assume say more of: they hold wherever the file mentions them.
using SymbolBindings = std::map<std::string, Extent>;

class InferenceEngine {
 public:
  InferenceEngine(const Model& model, const InferenceOptions& options)
      : model_(model), options_(options), budget_(options.max_node_instances, options.deadline) {}

  Result<std::unique_ptr<GraphInstance>> run();

 private:
  using Outputs = std::span<ValueFacts>;
  using Inputs = std::span<const ValueFacts* const>;

  Result<void> run_graph(GraphInstance& instance);
  Result<void> run_node(GraphInstance& instance, const Node& node);
  Result<void> dispatch(GraphInstance& instance, const Node& node, Inputs inputs, Outputs outputs);
  void fall_back(const GraphInstance& instance, const Node& node, Inputs inputs, Outputs outputs);

  /// A new child of `instance` for the subgraph under `attribute`, inputs not yet set.
  GraphInstance& add_subgraph(GraphInstance& instance, const Node& node, const Attribute& attribute);
  Result<void> call_function(GraphInstance& instance, const Node& node, const Function& function,
                             Inputs inputs, Outputs outputs);
  Result<void> run_if(GraphInstance& instance, const Node& node, Outputs outputs);
  Result<void> run_loop(GraphInstance& instance, const Node& node, Inputs inputs, Outputs outputs);
  Result<void> run_scan(GraphInstance& instance, const Node& node, Inputs inputs, Outputs outputs);
  Result<void> run_unknown_subgraphs(GraphInstance& instance, const Node& node);
  /// Runs a loop body until the carried values' facts hold before and after one turn.
  Result<GraphInstance*> run_to_fixed_point(GraphInstance& instance, const Node& node, const Attribute& body,
                                            std::vector<ValueFacts> inputs, std::size_t first_carried,
                                            std::size_t carried, std::size_t first_carried_output);

  Result<void> bind_main_inputs(GraphInstance& main);
  Result<void> bind_input_shapes();
  void set_input(const ValueInfo& input, ValueFacts& facts) const;
  /// Writes the open extents of inputs, and bindings, as the assumption allows.
  Result<void> narrow(GraphInstance& main, const Assumption& assumption);
  Result<void> apply_declared(GraphInstance& instance, ValueId value, const ValueType& declared,
                              std::string_view list) const;
  Result<void> declare(GraphInstance& instance, ValueId value, const ValueType& declared,
                       std::string_view list) const;
  Result<void> set_initializers(GraphInstance& instance);
  /// Counts a node's visit, and checks the tensors that it holds.
  Result<void> enter_node(const Node& node, Inputs inputs);

  const Model& model_;
  const InferenceOptions& options_;
  SymbolBindings bindings_;
  std::map<const Graph*, std::vector<std::pair<ValueId, const ValueType*>>> declared_;
  std::map<const Function*, std::shared_ptr<const std::map<std::string_view, std::int64_t>>>
      function_imports_;
  InferenceBudget budget_;
};

/// Facts of a constant tensor: type, shape and, if it is small and of integers, its contents.
ValueFacts constant_facts(const TensorRef& tensor);

/// What holds whichever of the two a value is: extents that differ are unknown.
ValueFacts join(const ValueFacts& left, const ValueFacts& right);

}  // namespace padproof::model
