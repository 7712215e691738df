// SPDX-License-Identifier: Apache-2.0
// If and Loop on tensors. Sequences and optionals are not implemented.
// Sources: ONNX If-1 to -25, Loop-1 to -25.
#include <algorithm>
#include <cstring>

#include "verifier/engine/in_time.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/run.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

Surroundings inside(const Frame& frame) {
  Surroundings surroundings = frame.surroundings();
  ++surroundings.depth;
  return surroundings;
}

Result<const model::Graph*> held_graph(const model::Node& node, const Frame& frame, std::string_view name) {
  const model::Graph* const graph = model::Attributes(node, frame.surroundings().scope).graph(name);
  if (graph == nullptr)
    return model::malformed("missing-attribute", "a subgraph is missing", std::string(name));
  return graph;
}

Tensor scalar(DataType dtype, const void* element) {
  Tensor tensor(dtype, {});
  std::memcpy(tensor.mutable_bytes(), element, element_bytes(dtype));
  return tensor;
}

/// What a Loop collects for one scan output: a tensor for each iteration, to be stacked along a new first
/// axis.
Result<Tensor> stacked(const std::vector<Tensor>& slices, const MemoryBudget& memory) {
  Dims dims = slices.front().dims();
  dims.insert(dims.begin(), static_cast<std::int64_t>(slices.size()));
  auto result = memory.allocate(slices.front().dtype(), dims);
  if (!result) return result;
  std::byte* to = result->mutable_bytes();
  for (const Tensor& slice : slices) {
    if (slice.dims() != slices.front().dims() || slice.dtype() != slices.front().dtype())
      return bad_shape("a loop's scan output changes shape or type", slice.dims(),
                       to_string(slices.front().dims()));
    copy_in_time(to, slice.bytes().data(), slice.bytes().size());
    to += slice.bytes().size();
  }
  return result;
}

/// A scan output of a loop that never ran: only its declaration tells type and rank; extents not declared are
/// 0.
Result<Tensor> nothing_stacked(const model::ValueInfo& declared) {
  const model::ValueType& type = declared.type;
  if (!type.is_tensor || element_bytes(type.dtype) == 0 || !type.shape)
    return model::unsupported("not-in-engine",
                              "a loop without iterations whose scan output has no declared shape",
                              model::printable(declared.name));
  Dims dims{0};
  for (const model::Extent& extent : *type.shape)
    dims.push_back(std::max<std::int64_t>(0, extent.constant().value_or(0)));
  const auto count = count_elements(dims);
  if (!count) return Error(count.error());
  return Tensor(type.dtype, dims);
}

// Seconds, for a loop without end; no exporter's comes near.
constexpr std::int64_t kMostLoopTurns = 1'000'000;

/// The state of a Loop between iterations.
struct LoopState {
  const model::Graph& body;
  std::int64_t max_trips = 0;
  bool has_limit = false;
  bool condition = true;
  std::vector<Tensor> carried;
  std::vector<std::vector<Tensor>> scans;
};

Result<LoopState> start_loop(const model::Graph& body, std::span<const Tensor* const> inputs) {
  LoopState state{body, 0, false, true, {}, {}};
  if (!inputs.empty() && inputs[0] != nullptr) {
    const auto limit = single_integer(*inputs[0]);
    if (!limit) return Error(limit.error());
    state.max_trips = *limit;
    state.has_limit = true;
  }
  if (inputs.size() > 1 && inputs[1] != nullptr) {
    const auto condition = single_bool(*inputs[1]);
    if (!condition) return Error(condition.error());
    state.condition = *condition;
  }
  for (std::size_t i = 2; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) return model::malformed("missing-input", "a loop-carried value is missing");
    state.carried.push_back(*inputs[i]);
  }
  const std::size_t carried = state.carried.size();
  if (body.inputs.size() != carried + 2 || body.outputs.size() < carried + 1)
    return model::malformed("loop-signature", "a loop's body does not fit its inputs",
                            std::to_string(body.inputs.size()), std::to_string(carried + 2));
  state.scans.resize(body.outputs.size() - carried - 1);
  return state;
}

Result<void> take_outputs(LoopState& state, std::vector<Tensor> outputs) {
  const auto condition = single_bool(outputs[0]);
  if (!condition) return Error(condition.error());
  state.condition = *condition;
  const std::size_t carried = state.carried.size();
  for (std::size_t i = 0; i < carried; ++i) state.carried[i] = std::move(outputs[i + 1]);
  for (std::size_t i = 0; i < state.scans.size(); ++i)
    state.scans[i].push_back(std::move(outputs[carried + 1 + i]));
  return {};
}

}  // namespace

ModelRun::Outputs ModelRun::run_if(Frame& frame, const model::Node& node, const Inputs& inputs) {
  if (inputs.empty() || inputs[0] == nullptr) return model::malformed("missing-input", "If has no condition");
  const auto condition = single_bool(*inputs[0]);
  if (!condition) return Error(condition.error());
  const auto branch = held_graph(node, frame, *condition ? "then_branch" : "else_branch");
  if (!branch) return Error(branch.error());
  auto outputs = run_nested(**branch, &frame, inside(frame), {});
  if (outputs && outputs->size() < node.outputs.size())
    return model::malformed("output-count", "a branch has fewer outputs than its If");
  return outputs;
}

ModelRun::Outputs ModelRun::run_loop(Frame& frame, const model::Node& node, const Inputs& inputs) {
  const auto body = held_graph(node, frame, "body");
  if (!body) return Error(body.error());
  auto state = start_loop(**body, inputs);
  if (!state) return Error(state.error());
  for (std::int64_t trip = 0; state->condition && (!state->has_limit || trip < state->max_trips); ++trip) {
    if (options_.cancelled && options_.cancelled())
      return model::unsupported("cancelled", "the run was stopped");
    if (auto left = model::check_deadline(options_.limit.deadline); !left) return Error(left.error());
    if (auto allowed = meter_.spend(1); !allowed) return Error(allowed.error());
    if (++loop_turns_ > kMostLoopTurns)
      return model::unsupported("loop-turns", "loops take more turns than the engine follows", {},
                                std::to_string(kMostLoopTurns));
    const Tensor iteration = scalar(DataType::kInt64, &trip);
    const Tensor condition = scalar(DataType::kBool, &state->condition);
    Inputs arguments{&iteration, &condition};
    for (const Tensor& carried : state->carried) arguments.push_back(&carried);
    auto outputs = run_nested(**body, &frame, inside(frame), arguments);
    if (!outputs) return outputs;
    if (auto taken = take_outputs(*state, std::move(*outputs)); !taken) return Error(taken.error());
  }
  std::vector<Tensor> outputs = std::move(state->carried);
  for (const std::vector<Tensor>& slices : state->scans) {
    // The body's outputs are the condition, then these, in this order.
    const model::ValueInfo& declared = (*body)->outputs[outputs.size() + 1];
    auto scan = slices.empty() ? nothing_stacked(declared) : stacked(slices, memory_);
    if (!scan) return Error(scan.error());
    outputs.push_back(std::move(*scan));
  }
  if (outputs.size() < node.outputs.size())
    return model::malformed("output-count", "a loop's body has fewer outputs than its Loop");
  return outputs;
}

}  // namespace padproof::verifier
