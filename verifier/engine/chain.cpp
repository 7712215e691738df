// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/chain.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Node;
using model::ValueId;

/// The only element of a float operand, nothing if it is another thing or not there yet.
std::optional<float> float_of(Frame& frame, ValueId value) {
  const auto tensor = frame.get(value);
  if (!tensor || *tensor == nullptr || (*tensor)->dtype() != DataType::kFloat || (*tensor)->size() != 1)
    return std::nullopt;
  return (*tensor)->data<float>().front();
}

bool adds(Frame& frame, const Node& node, ValueId value, Followers& followers) {
  if (node.op_type != "Add" || node.inputs.size() != 2 || !node.attributes.empty()) return false;
  const ValueId other = node.inputs[node.inputs[0] == value ? 1 : 0];
  if (other == model::kNoValue) return false;
  const auto tensor = frame.get(other);
  if (!tensor || *tensor == nullptr || (*tensor)->dtype() != DataType::kFloat) return false;
  followers.addend = *tensor;
  return true;
}

bool clips(Frame& frame, const Node& node, ValueId value, Followers& followers) {
  if (node.inputs.empty() || node.inputs[0] != value || !node.attributes.empty()) return false;
  if (node.op_type == "Relu" && node.inputs.size() == 1) {
    followers.least = 0.0F;
    return true;
  }
  // Older ones have their bounds in attributes, whatever their inputs.
  if (node.op_type != "Clip" || node.inputs.size() != 3 || frame.opset_of(node) < 11) return false;
  if (node.inputs[1] == model::kNoValue || node.inputs[2] == model::kNoValue) return false;
  const auto least = float_of(frame, node.inputs[1]);
  const auto most = float_of(frame, node.inputs[2]);
  if (!least || !most) return false;
  followers.least = least;
  followers.most = most;
  return true;
}

}  // namespace

Chain chain_behind(const model::Model& model, Frame& frame, const Node& node, const Schedule& schedule) {
  Chain chain;
  if (node.op_type != "Conv" || !node.domain.empty() || node.outputs.size() != 1) return chain;
  const model::Graph& graph = frame.graph();
  ValueId value = node.outputs[0];
  bool has_clamp = false;
  while (value != model::kNoValue && !has_clamp) {
    const std::uint32_t next = schedule.only_reader[value];
    if (next == Schedule::kNone) break;
    const Node& follower = graph.nodes[next];
    if (!follower.domain.empty() || follower.outputs.size() != 1 || follower.outputs[0] == model::kNoValue ||
        model::find_function(model, follower) != nullptr)
      break;
    has_clamp = clips(frame, follower, value, chain.followers);
    if (!has_clamp && (chain.followers.addend != nullptr || !adds(frame, follower, value, chain.followers)))
      break;
    chain.nodes.push_back(next);
    value = follower.outputs[0];
  }
  chain.result = value;
  return chain;
}

}  // namespace padproof::verifier
