// SPDX-License-Identifier: Apache-2.0
// The pads of one node at one place (one call of its function, one instance of its subgraph).
#pragma once

#include "converter/plan.h"
#include "converter/same_padding.h"
#include "model/facts.h"
#include "model/result.h"
#include "model/window_operators.h"

namespace padproof::converter {

/// A sliding-window node with its attributes read and its facts at hand.
struct WindowNode {
  const model::WindowOperator& op;
  const model::Graph& graph;
  const model::Node& node;
  model::Attributes attributes;
  std::int64_t opset;
  const model::ValueFacts* data;     // null: omitted
  const model::ValueFacts* weights;  // null: none
};

/// Status, pads and reason. An error for what the specification forbids outright (negative kernel, unknown
/// auto_pad).
model::Result<NodePlan> resolve_node(const WindowNode& window);

}  // namespace padproof::converter
