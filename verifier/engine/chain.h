// SPDX-License-Identifier: Apache-2.0
// Finds the nodes behind one that its kernel may do on the way: Conv -> Add -> Relu in one pass over memory.
//
// Conditions: each value between them is read by the next node alone; an addend is there already. Every step
// is still rounded by itself, so the bits stay the same.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/engine/frame.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier {

struct Chain {
  Followers followers;
  std::vector<std::uint32_t> nodes;  // indices, in order; empty: there is no chain
  model::ValueId result = model::kNoValue;
};

/// The chain behind the first output of `node`: at most one Add of floats, then at most one Relu or Clip.
Chain chain_behind(const model::Model& model, Frame& frame, const model::Node& node,
                   const Schedule& schedule);

}  // namespace padproof::verifier
