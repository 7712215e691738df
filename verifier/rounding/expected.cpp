// SPDX-License-Identifier: Apache-2.0
// What may be expected of a model.
#include "model/locate.h"
#include "verifier/rounding/compare.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

Error unfit_expectation(std::string code, std::string what, std::string got) {
  return Error(
      model::Diagnostic{model::Fault::kUsage, std::move(code), std::move(what), std::move(got), {}, {}});
}

/// Inputs and constants are not computed: another value of one means that something else was run.
Result<void> check_known(const model::Graph& graph, const model::Value& value, const NamedTensors& inputs,
                         const Tensor& expected) {
  const std::string name = model::printable(value.name);
  const auto given = inputs.find(value.name);
  if (value.kind == model::ValueKind::kInput && given != inputs.end()) {
    if (same_bits(given->second, expected)) return {};
    return unfit_expectation("expected-input", "the expected values were computed from another input", name);
  }
  if (value.initializer == nullptr) return {};
  const auto constant = from_constant(*value.initializer);
  if (!constant) return model::at_graph(constant.error(), graph);
  if (same_bits(*constant, expected)) return {};
  return unfit_expectation("expected-input", "the expected values hold another constant than the model",
                           name);
}

}  // namespace

Result<void> check_expected(const model::Model& model, const NamedTensors& inputs,
                            const NamedTensors& expected) {
  const model::Graph& graph = *model.graph;
  for (const model::ValueInfo& output : graph.outputs) {
    if (!expected.contains(output.name))
      return unfit_expectation("expected-missing", "nothing is expected of an output",
                               model::printable(output.name));
  }
  for (const auto& [name, tensor] : expected) {
    const auto found = graph.value_by_name.find(name);
    if (found == graph.value_by_name.end() || graph.values[found->second].kind == model::ValueKind::kOuter)
      return unfit_expectation("expected-unknown", "the model has no such value", model::printable(name));
    const model::Value& value = graph.values[found->second];
    if (value.kind == model::ValueKind::kNodeOutput) continue;
    if (auto checked = check_known(graph, value, inputs, tensor); !checked) return checked;
  }
  return {};
}

}  // namespace padproof::verifier
