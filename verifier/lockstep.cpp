// SPDX-License-Identifier: Apache-2.0
#include "verifier/lockstep.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/locate.h"
#include "model/tensor_values.h"
#include "verifier/counterparts.h"
#include "verifier/engine/graph_walk.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Node;
using model::Result;
using model::ValueId;

/// One model of the two.
struct Side {
  Side(const model::Model& model, const ExecuteOptions& options, const MemoryBudget& memory)
      : run(model, options, memory), frame(run.main_frame()) {}

  Result<NamedTensors> outputs() {
    auto tensors = ModelRun::collect(frame);
    if (!tensors) return Error(tensors.error());
    NamedTensors named;
    for (std::size_t i = 0; i < tensors->size(); ++i)
      named.emplace(frame.graph().outputs[i].name, std::move((*tensors)[i]));
    return named;
  }

  ModelRun run;
  Frame frame;
  GraphWalk walk{run, frame};
};

class Lockstep {
 public:
  Lockstep(const model::Model& source, const model::Model& target, const ExecuteOptions& options,
           ConstantComparison& constants)
      : memory_(options.memory_limit_bytes),
        source_(source, options, memory_),
        target_(target, options, memory_),
        counterparts_(source, target, constants),
        fuses_(options.fuse) {}

  Result<LockstepRun> run(const NamedTensors& inputs) {
    for (Side* const side : {&source_, &target_})
      if (auto bound = side->run.bind_inputs(side->frame, inputs); !bound) return Error(bound.error());
    while (!target_.walk.at_end() && !stuck_)
      if (auto done = advance_target(); !done) return Error(done.error());
    while (!source_.walk.at_end() && !stuck_)
      if (auto done = source_.walk.step(); !done) return Error(done.error());
    if (stuck_) return std::move(result_);
    auto source = source_.outputs();
    if (!source) return Error(source.error());
    auto target = target_.outputs();
    if (!target) return Error(target.error());
    result_.source = std::move(*source);
    result_.target = std::move(*target);
    return std::move(result_);
  }

  /// A value that the target needs was never by itself in the source: only without fusing can they go on.
  [[nodiscard]] bool stuck() const { return stuck_; }

 private:
  Result<void> advance_target() {
    const Node& node = target_.walk.next();
    if (target_.walk.has_run(node.index)) return target_.walk.step();
    const Node* const counterpart = counterparts_.node_of(node);
    auto done = run_beside(node, counterpart);
    release_constants(node);
    return done;
  }

  /// So that memory does not hold the weights of both models.
  void release_constants(const Node& node) const {
    for (const ValueId input : node.inputs) {
      if (input == model::kNoValue) continue;
      const model::TensorRef* const constant = target_.frame.graph().values[input].initializer;
      if (constant != nullptr) model::release(target_.run.model(), *constant);
    }
  }

  Result<void> run_beside(const Node& node, const Node* counterpart) {
    if (counterpart != nullptr) {
      if (auto done = advance_source_to(counterpart->index); !done) return done;
      const auto dims_of = [&](ValueId value) { return dims_of_target(value); };
      if (counterparts_.are_same(*counterpart, node, dims_of) && take_outputs(*counterpart, node)) {
        ++result_.nodes_run_once;
        target_.walk.pass();
        return {};
      }
    }
    if (counterpart != nullptr) share_constants(*counterpart, node);
    stuck_ = !operands_are_there(node);
    if (stuck_) return {};
    ++result_.nodes_run_twice;
    if (auto done = target_.walk.step(); !done) return done;
    for (const ValueId value : target_.walk.last_results())
      if (auto done = compare(value, node); !done) return done;
    return {};
  }

  [[nodiscard]] const Dims* dims_of_target(ValueId value) const {
    if (const Tensor* const tensor = target_.frame.peek(value)) return &tensor->dims();
    const model::TensorRef* const constant = target_.frame.graph().values[value].initializer;
    return constant == nullptr ? nullptr : &constant->dims;
  }

  /// Weights of the same bits are read where the source's node just read them.
  void share_constants(const Node& from, const Node& to) {
    for (std::size_t i = 0; i < std::min(from.inputs.size(), to.inputs.size()); ++i) {
      const ValueId theirs = to.inputs[i];
      if (theirs == model::kNoValue || from.inputs[i] == model::kNoValue) continue;
      if (counterparts_.are_same_constants(from.inputs[i], theirs))
        target_.frame.read_instead(theirs, *source_.frame.graph().values[from.inputs[i]].initializer);
    }
  }

  Result<void> advance_source_to(std::uint32_t node) {
    while (!source_.walk.at_end() && !source_.walk.has_run(node))
      if (auto done = source_.walk.step(); !done) return done;
    return {};
  }

  /// False if an output is gone already. One that a fused kernel passed over is the same all the same, unless
  /// the target is asked for it.
  bool take_outputs(const Node& from, const Node& to) {
    const Schedule& schedule = source_.run.schedule(source_.frame.graph());
    for (std::size_t i = 0; i < from.outputs.size(); ++i) {
      const ValueId output = from.outputs[i];
      if (output == model::kNoValue || source_.frame.peek(output) != nullptr) continue;
      const bool is_passed_over = fuses_ && schedule.only_reader[output] != Schedule::kNone;
      if (!is_passed_over || is_target_output(to.outputs[i])) return false;
    }
    for (std::size_t i = 0; i < from.outputs.size(); ++i) {
      if (from.outputs[i] == model::kNoValue) continue;
      counterparts_.set_same(from.outputs[i], to.outputs[i]);
      if (const Tensor* const tensor = source_.frame.peek(from.outputs[i]))
        target_.frame.set(to.outputs[i], *tensor);
    }
    return true;
  }

  [[nodiscard]] bool is_target_output(ValueId value) const {
    const auto& outputs = target_.frame.graph().outputs;
    return std::any_of(outputs.begin(), outputs.end(),
                       [=](const model::ValueInfo& output) { return output.value == value; });
  }

  [[nodiscard]] bool operands_are_there(const Node& node) const {
    const model::Graph& graph = target_.frame.graph();
    for (const auto* const list : {&node.inputs, &node.captures})
      for (const ValueId value : *list)
        if (value != model::kNoValue && graph.values[value].kind == model::ValueKind::kNodeOutput &&
            target_.frame.peek(value) == nullptr)
          return false;
    return true;
  }

  Result<void> compare(ValueId value, const Node& node) {
    const ValueId other = counterparts_.value_of(value);
    if (other == model::kNoValue) return {};
    if (auto done = advance_source_to(source_.frame.graph().values[other].producer); !done) return done;
    const Tensor* const theirs = target_.frame.peek(value);
    const Tensor* const ours = source_.frame.peek(other);
    if (theirs == nullptr || ours == nullptr) return {};
    auto differs = difference(*ours, *theirs);
    if (!differs) {
      counterparts_.set_same(other, value);
      target_.frame.set(value, *ours);
    } else if (!result_.first) {
      const model::Graph& graph = target_.frame.graph();
      differs->node =
          fmt::format("{} '{}'", model::printable(node.op_type), model::display_name(graph, node));
      differs->value = model::printable(graph.values[value].name);
      result_.first = std::move(differs);
    }
    return {};
  }

  MemoryBudget memory_;
  Side source_;
  Side target_;
  Counterparts counterparts_;
  bool fuses_;
  LockstepRun result_;
  bool stuck_ = false;
};

bool same_outputs(const LockstepRun& run) {
  for (const auto& [name, tensor] : run.source) {
    const auto other = run.target.find(name);
    if (other == run.target.end() || !same_bits(tensor, other->second)) return false;
  }
  return true;
}

}  // namespace

Result<LockstepRun> run_in_lockstep(const model::Model& source, const model::Model& target,
                                    const NamedTensors& inputs, const ExecuteOptions& options,
                                    ConstantComparison* constants) {
  ConstantComparison own;
  ConstantComparison& compared = constants == nullptr ? own : *constants;
  ExecuteOptions quick = options;
  quick.on_value = nullptr;
  ExecuteOptions by_itself = quick;
  by_itself.fuse = false;
  by_itself.on_progress = nullptr;
  Result<LockstepRun> result;
  const auto done = with_threads(options, target.file, [&]() -> Result<void> {
    Lockstep lockstep(source, target, quick, compared);
    result = lockstep.run(inputs);
    // Fused kernels hide values, and with them which node differs first.
    if (result && (lockstep.stuck() || !same_outputs(*result)))
      result = Lockstep(source, target, by_itself, compared).run(inputs);
    if (!result) return Error(result.error());
    return {};
  });
  if (!done) return Error(done.error());
  return result;
}

}  // namespace padproof::verifier
