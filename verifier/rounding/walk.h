// SPDX-License-Identifier: Apache-2.0
// Goes through a model's main graph in double precision, with what rounding may do to every value on the way.
//
// A value that is given (a graph input, or what another engine computed) is taken as it is from there on, so
// each node is judged from the nearest values that are known.
#pragma once

#include <functional>
#include <map>

#include "verifier/engine/executor.h"
#include "verifier/engine/frame.h"
#include "verifier/rounding/rule.h"

namespace padproof::verifier {

/// What stands behind a bound.
enum class RoundingModel {
  kWorstCase,    ///< one node from known operands: worst_case.h, assumes nothing
  kStatistical,  ///< several nodes, errors independent: bound.h
  kReference,    ///< no bound: the reference engine's own result, which can be met but not missed
};

/// A value computed, and how far an engine that does the same in float32 may be from it.
struct BoundedValue {
  Tensor exact;  // double, or an integer type; kReference: of the value's own type
  Tensor bound;  // double; not set: nothing
  RoundingModel model = RoundingModel::kWorstCase;
  /// A rounding or a few, with nothing to sum: how much of the bound is used says nothing then.
  bool rounds_little = false;
};

class RoundingWalk {
 public:
  using Given = std::function<const Tensor*(model::ValueId value)>;
  /// Called for each given value that a node computes. An error ends the walk.
  using Visit = std::function<model::Result<void>(const model::Node& node, model::ValueId value,
                                                  const model::Result<BoundedValue>& computed)>;

  /// Every run of a kernel counts, of which there are two for each of kSamples where errors are followed. A
  /// limit that is reached ends the walk with its error.
  RoundingWalk(const model::Model& model, const ExecuteOptions& limits);

  /// Types without a rounding bound make what depends on them kUnsupported, nothing else.
  void give(model::ValueId value, const Tensor& tensor);
  model::Result<void> run(const Given& given, const Visit& visit);
  /// A value that is still needed after the run; its error, if there is one, carries the first reason.
  model::Result<const UncertainValue*> get(model::ValueId value);

 private:
  model::Result<void> run_output(const model::Node& node, std::size_t output, const Given& given,
                                 const Visit& visit);
  template <class T>
  [[nodiscard]] model::Result<void> check_limits(const model::Node& node,
                                                 const model::Result<T>& computed) const;
  model::Result<RuleContext> make_context(const model::Node& node, std::size_t output);
  model::Result<BoundedValue> compute_known(const model::Node& node, std::size_t output);
  model::Result<BoundedValue> compute_alone(const RuleContext& context);
  model::Result<UncertainValue> compute_through(const RuleContext& context);

  const model::Model& model_;
  const model::Graph& graph_;
  std::vector<std::vector<model::ValueId>> deaths_;
  MemoryBudget memory_;
  const WorkLimit limit_;
  WorkMeter meter_;
  std::map<model::ValueId, UncertainValue> values_;  // stable addresses
  std::map<model::ValueId, model::Diagnostic> unknown_;
};

}  // namespace padproof::verifier
