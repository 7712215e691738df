// SPDX-License-Identifier: Apache-2.0
// Runs the shape rules over a model: graph inputs, --input-shape, --assume, rules, value_info, in that order
// of authority.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/assumption.h"
#include "model/deadline.h"
#include "model/facts.h"
#include "model/result.h"

namespace padproof::model {

struct InferenceOptions {
  /// Shapes bound by the user, by graph input name. They must agree with what the model declares.
  std::map<std::string, Shape> input_shapes;
  /// Of extents that the model's inputs and input_shapes leave open, each once.
  std::vector<Assumption> assumptions;
  /// Use the ONNX library's inference for operators without a rule (for versions it knows).
  bool use_onnx_library = true;
  /// Units of work (inference_budget.h), most of them visits of a node, before giving up with kUnsupported:
  /// functions can nest exponentially.
  std::size_t max_node_instances = 4'000'000;
  /// Then inference gives up with kUnsupported.
  Deadline deadline;
  /// If set, is told of declared shapes and types that contradict the rules; the rules then win.
  std::function<void(const Diagnostic&)> on_contradiction;
};

/// Facts for every value of the main graph, its subgraphs and the functions it calls.
/// A value_info entry that contradicts the rules is an error that names the value (unless on_contradiction is
/// set); one that knows more than the rules fills what they lost.
Result<std::unique_ptr<GraphInstance>> infer(const Model& model, const InferenceOptions& options);

}  // namespace padproof::model
