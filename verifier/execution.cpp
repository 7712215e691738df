// SPDX-License-Identifier: Apache-2.0
#include "verifier/execution.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <unordered_map>

#include "model/locate.h"
#include "verifier/engine/seeded_inputs.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

constexpr std::int64_t kSizeOfOpenExtents = 64;

// FNV-1a over 8-byte words: only tells where to look, no verdict rests on it.
std::uint64_t fingerprint(const Tensor& tensor) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ static_cast<std::uint64_t>(tensor.size());
  const model::Bytes bytes = tensor.bytes();
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    hash = (hash ^ word) * 0x100000001B3ULL;
  }
  for (; at < bytes.size(); ++at) hash = (hash ^ static_cast<unsigned char>(bytes[at])) * 0x100000001B3ULL;
  return hash;
}

bool holds_nan(const Tensor& tensor) {
  if (tensor.dtype() != model::DataType::kFloat) return false;
  for (const float value : tensor.data<float>()) {
    if (std::isnan(value)) return true;
  }
  return false;
}

std::string describe_difference(std::string_view name, const Tensor& source, const Tensor& target) {
  if (source.dtype() != target.dtype() || source.dims() != target.dims()) {
    return fmt::format("'{}': {} of {} against {} of {}", model::printable(name), to_string(source.dtype()),
                       fmt::join(source.dims(), "x"), to_string(target.dtype()),
                       fmt::join(target.dims(), "x"));
  }
  if (source.dtype() != model::DataType::kFloat)
    return fmt::format("'{}': other elements", model::printable(name));
  const auto mine = source.data<float>();
  const auto theirs = target.data<float>();
  double most = 0;
  std::size_t first = mine.size();
  std::size_t count = 0;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(mine[i]) == std::bit_cast<std::uint32_t>(theirs[i])) continue;
    if (count++ == 0) first = i;
    most = std::max(most, std::abs(static_cast<double>(mine[i]) - static_cast<double>(theirs[i])));
  }
  return fmt::format("'{}': {} of {} elements differ, by up to {:.3g}; first at {}: {} against {}",
                     model::printable(name), count, mine.size(), most, first, mine[first], theirs[first]);
}

struct SampleRun {
  const model::Model& source;
  const model::Model& target;
  const ExecutionOptions& options;
  Execution& execution;

  Result<bool> compare(const NamedTensors& inputs) {
    std::unordered_map<std::string, std::uint64_t> fingerprints;
    ExecuteOptions engine = options.engine;
    engine.on_value = [&](const model::Node&, std::string_view value, const Tensor& tensor) {
      fingerprints.emplace(value, fingerprint(tensor));
    };
    const auto source_outputs = execute(source, inputs, engine);
    if (!source_outputs) return Error(source_outputs.error());
    std::string first_node;
    engine.on_value = [&](const model::Node& node, std::string_view value, const Tensor& tensor) {
      const auto known = fingerprints.find(std::string(value));
      if (!first_node.empty() || known == fingerprints.end() || known->second == fingerprint(tensor)) return;
      first_node =
          fmt::format("{} '{}'", model::printable(node.op_type), model::display_name(*target.graph, node));
    };
    const auto target_outputs = execute(target, inputs, engine);
    if (!target_outputs) return Error(target_outputs.error());
    for (const auto& [name, tensor] : *source_outputs) {
      execution.has_nan = execution.has_nan || holds_nan(tensor);
      const auto other = target_outputs->find(name);
      if (other != target_outputs->end() && same_bits(tensor, other->second)) continue;
      execution.first_node = first_node;
      execution.output = other == target_outputs->end()
                             ? fmt::format("'{}' is missing in the target", model::printable(name))
                             : describe_difference(name, tensor, other->second);
      return false;
    }
    return true;
  }
};

}  // namespace

Result<NamedTensors> make_inputs(const model::GraphInstance& facts, std::uint64_t seed, std::int64_t batch) {
  NamedTensors inputs;
  std::map<std::string, std::int64_t> sizes;
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
      const std::int64_t open = i == 0 ? batch : kSizeOfOpenExtents;
      dims.push_back(extent.is_constant() ? extent.value()
                                          : sizes.emplace(extent.to_string(), open).first->second);
    }
    auto tensor = seeded_tensor(seed, name, known.dtype, std::move(dims));
    if (!tensor) return Error(tensor.error());
    inputs.emplace(name, std::move(*tensor));
  }
  return inputs;
}

Execution execute_both(const model::Model& source, const model::GraphInstance& source_facts,
                       const model::Model& target, const ExecutionOptions& options) {
  Execution execution;
  execution.seed = options.seed;
  const std::int64_t samples = options.inputs ? 1 : options.samples;
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::uint64_t seed = options.seed + static_cast<std::uint64_t>(i);
    const auto inputs =
        options.inputs ? Result<NamedTensors>(*options.inputs) : make_inputs(source_facts, seed, i + 1);
    const auto same = inputs ? SampleRun{source, target, options, execution}.compare(*inputs)
                             : Result<bool>(Error(inputs.error()));
    if (!same) {
      execution.outcome = Outcome::kNotRun;
      execution.reason = model::to_string(same.error());
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
