// SPDX-License-Identifier: Apache-2.0
// Whatever the converter hands out must be readable again, and is never refuted.
#include "converter/convert.h"
#include "converter/planner.h"
#include "tests/fuzz/fuzz_input.h"
#include "verifier/proof/proof.h"

namespace {

using namespace padproof;
using verifier::Status;

std::string reasons(const verifier::Proof& proof) {
  std::string text(verifier::to_string(proof.status));
  for (const std::string& problem : proof.problems) text += "\n" + problem;
  for (const auto& node : proof.nodes) {
    if (node.status == Status::kProved) continue;
    text += "\n" + model::display_name(*node.graph, *node.source) + ": " + node.reason;
  }
  return text;
}

// The source against itself: not proved where nothing ever is, as with random numbers.
bool is_provable(const model::Model& source, const model::GraphInstance& facts) {
  return verifier::prove(source, facts, source, facts).status == Status::kProved;
}

model::Result<bool> judge(const model::Model& source, const model::GraphInstance& facts,
                          const model::Model& target) {
  const auto target_facts = model::infer(target, fuzz::inference_options());
  if (!target_facts) fuzz::broken("the target cannot be inferred: " + model::to_string(target_facts.error()));
  const auto proof = verifier::prove(source, facts, target, **target_facts);
  // Unknown publishes nothing, and garbage earns it: an attribute of the wrong kind stops the proof, not the
  // plan.
  if (proof.status == Status::kRefuted && is_provable(source, facts)) fuzz::broken(reasons(proof));
  return proof.status == Status::kProved;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = fuzz::read(data, size);
  if (!source) return 0;
  const auto facts = model::infer(*source, fuzz::inference_options());
  if (!facts) return 0;
  const auto plan = converter::make_plan(*source, **facts);
  const auto conversion = converter::convert(*source, **facts, judge);
  // The plan is made before anything is written: what it accepts must go through to the end.
  if (plan && !conversion) fuzz::broken("planned but not converted: " + model::to_string(conversion.error()));
  return 0;
}
