// SPDX-License-Identifier: Apache-2.0
// The part of the pairing that draws the conclusion from what was found of each node.
#include <algorithm>

#include "verifier/proof/pairing.h"

namespace padproof::verifier {

using model::ValueKind;

// A node's maps were compared as if its inputs were equal; where those are unknown, so is the node. Which
// values of subgraphs and functions reach which is not followed: there one unknown node is enough.
void Pairing::withdraw_unfounded() {
  const model::Graph& main = *source_.graph;
  std::vector<bool> doubtful(main.nodes.size());
  bool any = false;
  bool anywhere = false;
  for (const NodeEvidence& entry : proof_.nodes) {
    if (entry.status != Status::kUnknown) continue;
    any = true;
    if (entry.graph == &main) {
      doubtful[entry.source->index] = true;
    } else {
      anywhere = true;
    }
  }
  for (const std::uint32_t index : main.order) {
    for (const model::ValueId input : main.nodes[index].inputs) {
      if (input == model::kNoValue || main.values[input].kind != ValueKind::kNodeOutput) continue;
      if (doubtful[main.values[input].producer]) doubtful[index] = true;
    }
  }
  for (NodeEvidence& entry : proof_.nodes) {
    const bool unfounded = anywhere || (entry.graph == &main ? doubtful[entry.source->index] : any);
    if (entry.status != Status::kRefuted || !unfounded) continue;
    entry.status = Status::kUnknown;
    entry.reason += ", and what it is given is not proved equal";
    entry.witness.reset();
  }
}

// What was found so far rests on pairs that nobody has looked at yet.
void Pairing::stop(const model::Diagnostic& why) {
  for (NodeEvidence& entry : proof_.nodes) {
    if (entry.status == Status::kUnknown) continue;
    entry.status = Status::kUnknown;
    entry.method = Method::kNone;
    entry.witness.reset();
    entry.reason = why.what;
  }
  proof_.problems.push_back(why.what);
}

Proof Pairing::conclude() {
  withdraw_unfounded();
  const auto any = [&](Status status) {
    return std::any_of(proof_.nodes.begin(), proof_.nodes.end(),
                       [&](const NodeEvidence& entry) { return entry.status == status; });
  };
  if (any(Status::kRefuted)) {
    proof_.status = Status::kRefuted;
  } else if (any(Status::kUnknown) || !proof_.problems.empty()) {
    proof_.status = Status::kUnknown;
  } else {
    proof_.status = Status::kProved;
  }
  return std::move(proof_);
}

}  // namespace padproof::verifier
