// SPDX-License-Identifier: Apache-2.0
#include "tests/support/conversion.h"

#include <algorithm>
#include <stdexcept>

#include "verifier/proof/proof.h"

namespace padproof::test {

const converter::NodePlan& Converted::plan(std::string_view name) const {
  for (const converter::NodePlan& entry : conversion.plan.nodes) {
    if (model::display_name(*entry.graph, *entry.node) == name) return entry;
  }
  throw std::runtime_error("the plan has no node " + std::string(name));
}

bool Converted::warns(std::string_view name, std::string_view code) const {
  const auto& warnings = plan(name).warnings;
  return std::any_of(warnings.begin(), warnings.end(),
                     [&](const converter::Warning& warning) { return warning.code == code; });
}

Converted convert(Loaded source, const model::InferenceOptions& options) {
  Converted result{std::move(source), {}, nullptr, {}};
  const auto judge = [&](const model::Model& model, const model::GraphInstance& facts,
                         const model::Model& target) -> model::Result<bool> {
    const auto target_facts = model::infer(target, options);
    if (!target_facts) return model::Error(target_facts.error());
    verifier::VerifyOptions verify;
    verify.execute = false;
    result.verdict = verifier::verify(model, facts, target, **target_facts, verify);
    return result.verdict.status == verifier::Status::kProved;
  };
  result.conversion = value_or_throw(converter::convert(result.source.model, *result.source.facts, judge));
  // The judge's model is gone; the evidence must not point into it.
  for (auto& entry : result.verdict.proof.nodes) {
    entry.target = nullptr;
    entry.target_graph = nullptr;
  }
  if (result.conversion.target)
    result.target = std::make_unique<Loaded>(load(result.conversion.target, options));
  return result;
}

Converted convert_text(std::string_view text, const model::InferenceOptions& options) {
  return convert(load_text(text, options), options);
}

verifier::Proof prove_texts(std::string_view source, std::string_view target,
                            const model::InferenceOptions& options) {
  const Loaded first = load_text(source, options);
  const Loaded second = load_text(target, options);
  verifier::Proof proof = verifier::prove(first.model, *first.facts, second.model, *second.facts);
  proof.nodes.clear();  // they point into the models, which end here
  return proof;
}

verifier::Execution execute_texts(std::string_view source, std::string_view target, std::uint64_t seed) {
  const Loaded first = load_text(source);
  const Loaded second = load_text(target);
  verifier::ExecutionOptions options;
  options.seed = seed;
  return verifier::execute_both(first.model, *first.facts, second.model, options);
}

}  // namespace padproof::test
