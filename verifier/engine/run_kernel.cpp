// SPDX-License-Identifier: Apache-2.0
// What is checked around every kernel, so that kernels need not: arity, attributes, outputs.
#include <algorithm>

#include "verifier/engine/half.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier {
namespace {

using model::AttributeKind;
using model::Error;
using model::Result;

/// The kind letter that the table gives for an attribute, or 0.
char listed_kind(std::string_view listed, std::string_view name) {
  while (!listed.empty()) {
    const std::string_view entry = listed.substr(0, listed.find(' '));
    listed.remove_prefix(std::min(listed.size(), entry.size() + 1));
    const std::size_t colon = entry.find(':');
    if (entry.substr(0, colon) == name) return entry[colon + 1];
  }
  return 0;
}

char letter_of(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kInt:
      return 'i';
    case AttributeKind::kFloat:
      return 'f';
    case AttributeKind::kString:
      return 's';
    case AttributeKind::kTensor:
      return 't';
    case AttributeKind::kGraph:
      return 'g';
    case AttributeKind::kInts:
      return 'I';
    case AttributeKind::kFloats:
      return 'F';
    case AttributeKind::kStrings:
      return 'S';
    default:
      return 0;
  }
}

Result<void> check_attributes(const Operator& op, const KernelContext& context) {
  for (const model::Attribute& attribute : context.node.attributes) {
    const char listed = listed_kind(op.attributes, attribute.name);
    if (listed == 0)
      return unsupported_in_engine(context, "unknown attribute", model::printable(attribute.name));
    const model::Attribute* const bound = context.attributes.find(attribute.name);
    if (bound == nullptr || listed == '*' || letter_of(bound->kind) == listed) continue;
    auto error = model::malformed("attribute-kind", "attribute is of the wrong kind");
    error.value().where.attribute = model::printable(attribute.name);
    return error;
  }
  return {};
}

Result<void> check_arity(const Operator& op, const KernelContext& context) {
  if (context.inputs.size() > op.max_inputs)
    return model::malformed("input-count", "too many inputs", std::to_string(context.inputs.size()),
                            std::to_string(op.max_inputs));
  if (context.node.outputs.size() > op.max_outputs)
    return model::malformed("output-count", "too many outputs", std::to_string(context.node.outputs.size()),
                            std::to_string(op.max_outputs));
  for (std::size_t i = 0; i < op.required_inputs; ++i)
    if (context.input(i) == nullptr)
      return model::malformed("missing-input", "a required input is missing", "input " + std::to_string(i));
  return {};
}

/// Runs the kernel with every half operand widened; the node's results have the type of input 0.
Result<void> run_widened(const Operator& op, KernelContext& context) {
  std::vector<Tensor> floats(context.inputs.size());
  std::vector<const Tensor*> inputs(context.inputs.begin(), context.inputs.end());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr || !is_half(inputs[i]->dtype())) continue;
    auto wide = widened(context.memory, *inputs[i]);
    if (!wide) return Error(wide.error());
    floats[i] = std::move(*wide);
    inputs[i] = &floats[i];
  }
  const auto dtype = context.inputs[0]->dtype();
  context.inputs = inputs;
  if (auto done = op.kernel(context); !done) return done;
  // Mean and deviation of a layer keep the precision they were computed in.
  const std::size_t typed = op.op_type == "LayerNormalization" ? 1 : context.outputs.size();
  for (std::size_t i = 0; i < typed; ++i) {
    Tensor& output = context.outputs[i];
    if (output.dtype() != model::DataType::kFloat) continue;
    auto narrow = narrowed(context.memory, output, dtype);
    if (!narrow) return Error(narrow.error());
    output = std::move(*narrow);
  }
  return {};
}

Result<void> run_any_type(const Operator& op, KernelContext& context) {
  auto done = op.kernel(context);
  const bool has_half_data = context.input(0) != nullptr && is_half(context.input(0)->dtype());
  if (done || !has_half_data || done.error().code != kTypeNotInEngine) return done;
  return run_widened(op, context);
}

}  // namespace

Result<void> run_kernel(const Operator& op, KernelContext& context) {
  if (context.opset < 1)
    return model::malformed("opset-not-imported", "the model does not import the operator's domain");
  if (op.domain.empty() && context.opset > kNewestOpset)
    return model::unsupported("opset-too-new", "the engine does not know this operator set",
                              std::to_string(context.opset), "at most " + std::to_string(kNewestOpset));
  if (auto checked = check_arity(op, context); !checked) return checked;
  if (auto checked = check_attributes(op, context); !checked) return checked;
  // Kernels may compute outputs that the node leaves out.
  if (op.max_outputs != kAnyNumber && context.outputs.size() < op.max_outputs)
    context.outputs.resize(op.max_outputs);
  if (auto done = run_any_type(op, context); !done) return done;
  for (std::size_t i = 0; i < context.node.outputs.size(); ++i)
    if (context.wants(i) && !context.outputs[i].is_set())
      return unsupported_in_engine(context, "output", std::to_string(i));
  return {};
}

Error unsupported_in_engine(const KernelContext& context, std::string what, std::string got) {
  return model::unsupported(
      "not-in-engine",
      "not implemented by the engine for " + model::printable(context.node.op_type) + ": " + std::move(what),
      std::move(got));
}

}  // namespace padproof::verifier
