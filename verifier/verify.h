// SPDX-License-Identifier: Apache-2.0
// The judge: proof and execution put together into one verdict.
#pragma once

#include <string>

#include "verifier/evidence.h"
#include "verifier/execution.h"

namespace padproof::verifier {

struct VerifyOptions {
  bool prove = true;
  bool execute = true;
  ExecutionOptions execution;
};

/// proved:  the proof went through, and no execution contradicts it.
/// refuted: an execution gave different outputs; or an obligation has a witness, and no execution went
/// without
///          showing it.
/// unknown: anything else, an execution that reached a limit included. Identical executions alone prove
/// nothing.
struct Verdict {
  Status status = Status::kUnknown;
  Proof proof;
  Execution execution;
};

/// The verdict in a few words: "equal for all inputs, and bit-identical when run".
std::string summary(const Verdict& verdict);

Verdict verify(const model::Model& source, const model::GraphInstance& source_facts,
               const model::Model& target, const model::GraphInstance& target_facts,
               const VerifyOptions& options);

}  // namespace padproof::verifier
