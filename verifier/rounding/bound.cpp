// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/bound.h"

#include <map>

#include "model/locate.h"
#include "verifier/rounding/rule.h"
#include "verifier/engine/frame.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;
using model::ValueId;

constexpr std::uint64_t kMemoryBytes = std::uint64_t{16} << 30;

class Walk {
 public:
  explicit Walk(const model::Model& model)
      : model_(model), graph_(*model.graph), deaths_(schedule_of(graph_).deaths) {}

  void give(ValueId value, const Tensor& tensor) { values_[value] = exact_value(tensor); }

  Result<void> run() {
    for (const std::uint32_t index : graph_.order) {
      const model::Node& node = graph_.nodes[index];
      if (auto done = run_node(node); !done) return model::at_node(done.error(), graph_, node);
      for (const ValueId value : deaths_[index]) values_.erase(value);
    }
    return {};
  }

  Result<const UncertainValue*> get(ValueId value) {
    if (const auto found = values_.find(value); found != values_.end()) return &found->second;
    const model::TensorRef* const constant = graph_.values[value].initializer;
    if (constant == nullptr)
      return no_bound("a value that nothing gives: " + model::printable(graph_.values[value].name));
    const auto tensor = from_constant(*constant);
    if (!tensor) return Error(tensor.error());
    return &(values_[value] = exact_value(*tensor));
  }

 private:
  Result<void> run_node(const model::Node& node) {
    const auto opset = model_.opset_imports.find(node.domain);
    const Operator* const op = find_operator(node.domain, node.op_type);
    const bool is_plain =
        op != nullptr && opset != model_.opset_imports.end() && model::find_function(model_, node) == nullptr;
    if (is_plain && node.op_type == "Constant" && node.domain.empty())
      return run_constant(node, *op, opset->second);
    const Rule rule = is_plain && node.domain.empty() ? find_rule(node.op_type) : nullptr;
    if (rule == nullptr) return no_bound("no rounding bound for " + model::printable(node.op_type));
    auto context = make_context(node, *op, opset->second);
    if (!context) return Error(context.error());
    auto result = rule(*context);
    if (!result) return Error(result.error());
    values_[node.outputs[0]] = with_error(std::move(result->exact), std::move(result->error), node.index + 1);
    return {};
  }

  Result<void> run_constant(const model::Node& node, const Operator& op, std::int64_t opset) {
    const RuleContext context{node, op, model::Attributes(node), opset, {}, memory_};
    const auto tensor = context.run({});
    if (!tensor) return Error(tensor.error());
    give(node.outputs[0], *tensor);
    return {};
  }

  Result<RuleContext> make_context(const model::Node& node, const Operator& op, std::int64_t opset) {
    RuleContext context{node, op, model::Attributes(node), opset, {}, memory_};
    for (const ValueId input : node.inputs) {
      const auto value = input == model::kNoValue ? Result<const UncertainValue*>(nullptr) : get(input);
      if (!value) return Error(value.error());
      context.inputs.push_back(*value);
    }
    return context;
  }

  const model::Model& model_;
  const model::Graph& graph_;
  std::vector<std::vector<model::ValueId>> deaths_;
  MemoryBudget memory_{kMemoryBytes};
  std::map<ValueId, UncertainValue> values_;  // stable addresses
};

}  // namespace

Result<RoundingBound> rounding_bound(const model::Model& model, const NamedTensors& inputs) {
  Walk walk(model);
  for (const model::ValueInfo& input : model.graph->inputs) {
    if (const auto given = inputs.find(input.name); given != inputs.end())
      walk.give(input.value, given->second);
  }
  if (auto done = walk.run(); !done) return Error(done.error());
  RoundingBound bound;
  for (const model::ValueInfo& output : model.graph->outputs) {
    const auto value = walk.get(output.value);
    if (!value) return Error(value.error());
    if (!(*value)->is_float()) return no_bound("an output that is not float");
    const std::string name(output.name);
    bound.exact.emplace(name, (*value)->exact);
    bound.bound.emplace(name, (*value)->has_error()
                                  ? (*value)->reach
                                  : Tensor(model::DataType::kDouble, (*value)->exact.dims()));
  }
  return bound;
}

}  // namespace padproof::verifier
