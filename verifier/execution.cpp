// SPDX-License-Identifier: Apache-2.0
#include "verifier/execution.h"

#include <fmt/format.h>

#include <cmath>

#include "verifier/engine/seeded_inputs.h"
#include "verifier/lockstep.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

constexpr std::int64_t kSizeOfOpenExtents = 64;

bool holds_nan(const Tensor& tensor) {
  if (tensor.dtype() != model::DataType::kFloat) return false;
  for (const float value : tensor.data<float>()) {
    if (std::isnan(value)) return true;
  }
  return false;
}

/// What is wrong with one output; nothing if it has the same bits.
std::optional<std::string> output_difference(const std::string& name, const Tensor& source,
                                             const NamedTensors& target) {
  const auto other = target.find(name);
  if (other == target.end()) return fmt::format("'{}' is missing in the target", model::printable(name));
  const auto differs = difference(source, other->second);
  if (!differs) return std::nullopt;
  return fmt::format("'{}': {}", model::printable(name), describe(*differs));
}

/// Whether one sample gives the same outputs; if not, `execution` says where.
Result<bool> compare_sample(const model::Model& source, const model::Model& target,
                            const NamedTensors& inputs, const ExecuteOptions& engine,
                            ConstantComparison& constants, Execution& execution) {
  auto run = run_in_lockstep(source, target, inputs, engine, &constants);
  if (!run) return Error(run.error());
  execution.nodes_run_once = run->nodes_run_once;
  execution.nodes_run_twice = run->nodes_run_twice;
  for (const auto& [name, tensor] : run->source) {
    execution.has_nan = execution.has_nan || holds_nan(tensor);
    auto differs = output_difference(name, tensor, run->target);
    if (!differs) continue;
    execution.first = std::move(run->first);
    execution.output = std::move(*differs);
    return false;
  }
  return true;
}

}  // namespace

Result<NamedTensors> make_inputs(const model::GraphInstance& facts, std::uint64_t seed, std::int64_t batch,
                                 std::map<std::string, std::int64_t> sizes, const ExecuteOptions& limits) {
  NamedTensors inputs;
  for (const model::ValueInfo& input : facts.graph->inputs) {
    if (facts.graph->values[input.value].initializer != nullptr) continue;
    const model::ValueFacts& known = facts.facts(input.value);
    const std::string name(input.name);
    if (!known.shape || !input.type.is_tensor) {
      return model::unsupported("input-shape", "input '" + name +
                                                   "' has no shape to make values for: give one with "
                                                   "--input-shape or --inputs");
    }
    if (element_bits(known.dtype) == 0) {
      return model::unsupported("input-type", "cannot make values for input '" + name + "'",
                                to_string(known.dtype));
    }
    Dims dims;
    for (std::size_t i = 0; i < known.shape->size(); ++i) {
      const model::Extent& extent = (*known.shape)[i];
      std::int64_t open = i == 0 ? batch : kSizeOfOpenExtents;
      for (const model::Assumption& assumption : facts.assumptions)
        if (assumption.extent().same_as(extent)) open = assumption.size_from(open);
      dims.push_back(extent.is_constant() ? extent.value()
                                          : sizes.emplace(extent.to_string(), open).first->second);
    }
    auto tensor = seeded_tensor(seed, name, known.dtype, std::move(dims), limits);
    if (!tensor) return Error(tensor.error());
    inputs.emplace(name, std::move(*tensor));
  }
  return inputs;
}

Execution execute_both(const model::Model& source, const model::GraphInstance& source_facts,
                       const model::Model& target, const ExecutionOptions& options,
                       ConstantComparison* constants) {
  ConstantComparison own;
  if (constants == nullptr) constants = &own;
  Execution execution;
  execution.seed = options.seed;
  const std::int64_t samples = options.inputs ? 1 : options.samples;
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::uint64_t seed = options.seed + static_cast<std::uint64_t>(i);
    const auto inputs = options.inputs ? Result<NamedTensors>(*options.inputs)
                                       : make_inputs(source_facts, seed, i + 1, {}, options.engine);
    const auto same = inputs ? compare_sample(source, target, *inputs, options.engine, *constants, execution)
                             : Result<bool>(Error(inputs.error()));
    if (!same) {
      execution.outcome = Outcome::kNotRun;
      execution.reason = model::to_string(same.error());
      execution.reached_limit = is_limit(same.error());
      return execution;
    }
    ++execution.samples;
    if (!*same) {
      execution.outcome = Outcome::kDifferent;
      execution.seed = seed;
      return execution;
    }
  }
  execution.outcome = Outcome::kIdentical;
  return execution;
}

}  // namespace padproof::verifier
