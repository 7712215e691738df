// SPDX-License-Identifier: Apache-2.0
// The plan: what becomes of every sliding-window operator, each with its reason. Data that can be printed and
// stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/extent.h"
#include "model/graph.h"

namespace padproof::converter {

enum class NodeStatus { kRewritten, kUnchanged, kRefused };

/// Something a user should know about a node although the rewrite itself is exact. `code` is stable.
struct Warning {
  std::string code;
  std::string text;
};

/// How a node says what its pads are.
enum class PaddingMode { kExplicit, kNotset, kSameUpper, kSameLower, kValid, kOutputShape };

/// `explicit`, `NOTSET`, `SAME_UPPER`, `SAME_LOWER`, `VALID`, `output_shape`.
std::string_view to_string(PaddingMode mode);

struct NodePlan {
  const model::Graph* graph = nullptr;
  const model::Node* node = nullptr;
  NodeStatus status = NodeStatus::kUnchanged;
  PaddingMode padding = PaddingMode::kExplicit;
  bool resolved = false;           // pads below are meaningful
  std::vector<std::int64_t> pads;  // ONNX order: begin per axis, then end per axis
  std::vector<std::int64_t> kernel_shape;
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilations;
  model::Shape input;           // whole shape of the data; empty if unknown
  bool drop_ceil_mode = false;  // SAME fixes the output extent; ceil_mode must not add a window to it
  bool drop_output_shape = false;
  std::string reason;  // why refused, or why unchanged
  std::vector<Warning> warnings;
};

struct Plan {
  std::vector<NodePlan> nodes;  // in file order: main graph with its subgraphs, then functions

  [[nodiscard]] std::size_t count(NodeStatus status) const;
};

}  // namespace padproof::converter
