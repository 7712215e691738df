// SPDX-License-Identifier: Apache-2.0
#include "verifier/verify.h"

#include "verifier/proof/proof.h"

namespace padproof::verifier {

std::string summary(const Verdict& verdict) {
  const Outcome outcome = verdict.execution.outcome;
  switch (verdict.status) {
    case Status::kProved: {
      std::string text = "equal for all inputs";
      if (!verdict.proof.assumptions.empty()) text += " within what the proof rests on";
      if (outcome == Outcome::kIdentical) text += ", and bit-identical when run";
      if (outcome == Outcome::kNotRun) text += " (not executed)";
      return text;
    }
    case Status::kRefuted:
      return outcome == Outcome::kDifferent ? "outputs differ when run" : "an operator differs";
    case Status::kUnknown:
      if (verdict.proof.status == Status::kRefuted) return "an operator differs, but no output did when run";
      if (verdict.proof.status == Status::kProved && verdict.execution.reached_limit)
        return "proved, but the run reached a limit";
      return outcome == Outcome::kIdentical ? "not proved; bit-identical on the inputs that were run"
                                            : "not proved";
  }
  return "";
}

Verdict verify(const model::Model& source, const model::GraphInstance& source_facts,
               const model::Model& target, const model::GraphInstance& target_facts,
               const VerifyOptions& options) {
  Verdict verdict;
  ConstantComparison constants;
  const model::Deadline& deadline = options.execution.engine.limit.deadline;
  if (options.prove) verdict.proof = prove(source, source_facts, target, target_facts, &constants, deadline);
  if (options.execute)
    verdict.execution = execute_both(source, source_facts, target, options.execution, &constants);
  verdict.status = options.prove ? verdict.proof.status : Status::kUnknown;
  // A witness is about one operator. Where random inputs do not show it at the outputs, it may be an operator
  // that stands elsewhere in the target, or whose value nobody reads: that is no refutation of the models.
  if (verdict.status == Status::kRefuted && verdict.execution.outcome == Outcome::kIdentical)
    verdict.status = Status::kUnknown;
  // Two numbers outweigh an argument: if they differ, something in the argument is wrong.
  if (verdict.execution.outcome == Outcome::kDifferent) verdict.status = Status::kRefuted;
  // Who asks for a run within limits is not told that all is well without one.
  if (verdict.execution.reached_limit && verdict.status == Status::kProved) verdict.status = Status::kUnknown;
  return verdict;
}

}  // namespace padproof::verifier
