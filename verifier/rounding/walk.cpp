// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/walk.h"

#include <algorithm>

#include "model/locate.h"
#include "verifier/engine/element_types.h"
#include "verifier/rounding/rules.h"
#include "verifier/rounding/worst_case.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;
using model::ValueId;

/// A tensor of the model as a value: float32, or exact.
Result<UncertainValue> known_value(Tensor tensor) {
  using Exact = decltype(join(IntegerTypes{}, BoolType{}));
  if (tensor.dtype() != DataType::kFloat && !contains(Exact{}, tensor.dtype()))
    return no_bound("no rounding bound for values of type " + model::to_string(tensor.dtype()));
  return exact_value(std::move(tensor));
}

bool is_certain(const RuleContext& context) {
  return std::none_of(context.inputs.begin(), context.inputs.end(),
                      [](const UncertainValue* value) { return value != nullptr && value->has_error(); });
}

bool has_nothing_to_sum(const RoundingRow& row) {
  return row.worst_case == worst_relative || row.worst_case == worst_dequantize;
}

/// Rules speak of the first output; those of Split are all alike, those of LayerNormalization known.
Result<void> check_output(const RuleContext& context) {
  const std::string_view op = context.node.op_type;
  if (context.output == 0 || op == "Split" || op == "LayerNormalization" || !may_round(context)) return {};
  return no_bound("no rounding bound for the further outputs of " + model::printable(context.node.op_type));
}

}  // namespace

RoundingWalk::RoundingWalk(const model::Model& model, const ExecuteOptions& limits)
    : model_(model),
      graph_(*model.graph),
      deaths_(schedule_of(graph_).deaths),
      memory_(limits.memory_limit_bytes),
      limit_(limits.limit),
      meter_(limit_) {}

/// Whether the result may be looked at: past the deadline it may be cut off, be it an error.
template <class T>
Result<void> RoundingWalk::check_limits(const model::Node& node, const Result<T>& computed) const {
  if (auto left = model::check_deadline(limit_.deadline); !left)
    return model::at_node(left.error(), graph_, node);
  if (computed || !is_limit(computed.error())) return {};
  return model::at_node(computed.error(), graph_, node);
}

void RoundingWalk::give(ValueId value, const Tensor& tensor) {
  auto known = known_value(tensor);
  if (known)
    values_[value] = std::move(*known);
  else
    unknown_.emplace(value, known.error());
}

Result<const UncertainValue*> RoundingWalk::get(ValueId value) {
  if (const auto found = values_.find(value); found != values_.end()) return &found->second;
  if (const auto reason = unknown_.find(value); reason != unknown_.end()) return Error(reason->second);
  const model::TensorRef* const constant = graph_.values[value].initializer;
  if (constant == nullptr)
    return no_bound("a value that nothing gives: " + model::printable(graph_.values[value].name));
  const auto tensor = from_constant(*constant);
  if (!tensor) return Error(tensor.error());
  auto known = known_value(*tensor);
  if (!known) return Error(known.error());
  return &(values_[value] = std::move(*known));
}

Result<void> RoundingWalk::run(const Given& given, const Visit& visit) {
  for (const std::uint32_t index : graph_.order) {
    const model::Node& node = graph_.nodes[index];
    for (std::size_t output = 0; output < node.outputs.size(); ++output) {
      if (node.outputs[output] == model::kNoValue) continue;
      if (auto done = run_output(node, output, given, visit); !done) return done;
    }
    for (const ValueId value : deaths_[index]) values_.erase(value);
  }
  return {};
}

Result<void> RoundingWalk::run_output(const model::Node& node, std::size_t output, const Given& given,
                                      const Visit& visit) {
  const ValueId value = node.outputs[output];
  if (const Tensor* const known = given(value); known != nullptr) {
    auto computed = compute_known(node, output);
    if (auto allowed = check_limits(node, computed); !allowed) return allowed;
    if (!computed) computed = model::at_node(computed.error(), graph_, node);
    if (auto visited = visit(node, value, computed); !visited) return visited;
    give(value, *known);
    return {};
  }
  const auto context = make_context(node, output);
  auto computed = context ? compute_through(*context) : Result<UncertainValue>(Error(context.error()));
  if (auto allowed = check_limits(node, computed); !allowed) return allowed;
  if (computed)
    values_[value] = std::move(*computed);
  else
    unknown_.emplace(value, model::at_node(computed.error(), graph_, node).value());
  return {};
}

Result<RuleContext> RoundingWalk::make_context(const model::Node& node, std::size_t output) {
  const auto opset = model_.opset_imports.find(node.domain);
  const Operator* const op = find_operator(node.domain, node.op_type);
  const bool is_plain = op != nullptr && op->kernel != nullptr && opset != model_.opset_imports.end() &&
                        model::find_function(model_, node) == nullptr;
  if (!is_plain) return no_bound("no rounding bound for " + model::printable(node.op_type));
  const RoundingRow* const row = node.domain.empty() ? find_rounding_row(node.op_type) : nullptr;
  RuleContext context{node, *op, row, model::Attributes(node), opset->second, {}, memory_, meter_, output};
  for (const ValueId input : node.inputs) {
    const auto value = input == model::kNoValue ? Result<const UncertainValue*>(nullptr) : get(input);
    if (!value) return Error(value.error());
    context.inputs.push_back(*value);
  }
  // Rules look at the operands that every use of the operator has.
  for (std::size_t i = 0; i < op->required_inputs; ++i)
    if (i >= context.inputs.size() || context.inputs[i] == nullptr)
      return model::malformed("missing-input", "a required input is missing", "input " + std::to_string(i));
  return context;
}

Result<BoundedValue> RoundingWalk::compute_known(const model::Node& node, std::size_t output) {
  const auto context = make_context(node, output);
  if (!context) return Error(context.error());
  if (is_certain(*context)) return compute_alone(*context);
  auto through = compute_through(*context);
  if (!through) return Error(through.error());
  return BoundedValue{std::move(through->exact), std::move(through->reach), RoundingModel::kStatistical,
                      false};
}

Result<BoundedValue> RoundingWalk::compute_alone(const RuleContext& context) {
  const auto checked = check_output(context);
  auto bounded = checked ? worst_case(context) : Result<OneNode>(Error(checked.error()));
  if (bounded) {
    const bool rounds_little = context.row != nullptr && has_nothing_to_sum(*context.row);
    return BoundedValue{std::move(bounded->exact), std::move(bounded->bound), RoundingModel::kWorstCase,
                        rounds_little};
  }
  if (is_limit(bounded.error())) return Error(bounded.error());
  auto reference = context.run(context.single_operands());
  if (!reference) return Error(is_limit(reference.error()) ? reference.error() : bounded.error());
  return BoundedValue{std::move(*reference), {}, RoundingModel::kReference, true};
}

Result<UncertainValue> RoundingWalk::compute_through(const RuleContext& context) {
  if (auto checked = check_output(context); !checked) return Error(checked.error());
  if (!may_round(context)) {
    auto exact = context.run_exact();
    if (!exact) return Error(exact.error());
    return known_value(std::move(*exact));
  }
  if (context.row == nullptr || context.row->propagate == nullptr)
    return no_bound("no rounding bound for " + model::printable(context.node.op_type));
  auto result = context.row->propagate(context);
  if (!result) return Error(result.error());
  const std::uint64_t seed = context.node.index + 1 + (std::uint64_t{context.output} << 32U);
  return with_error(memory_, std::move(result->exact), std::move(result->error), seed);
}

}  // namespace padproof::verifier
