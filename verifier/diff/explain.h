// SPDX-License-Identifier: Apache-2.0
// Which layers of two models compute something that rounding does not explain.
//
// The source's values are expectations of the target: each layer is judged from the values before it, so that
// only layers are named which themselves compute something else. Folding a batch normalisation rounds the
// weights themselves, which only the model that still has it allows for: where weights match up to factors,
// or one model has more behind a layer than the other, a layer is beyond only if it is so in the other
// direction too.
#pragma once

#include <cstddef>
#include <set>

#include "verifier/diff/diff.h"
#include "verifier/engine/executor.h"
#include "verifier/rounding/compare.h"

namespace padproof::verifier {

struct BothSides {
  NamedTensors source;
  NamedTensors target;
};

struct Explanation {
  Comparison rounding;
  std::set<std::size_t> beyond;  // of PaddingDiff::layers
};

/// `values`: what layers and outputs hold in one model, by the other's names: those of the source are under
/// the target's. `outputs` are each model's own. `limits`: of each of the comparisons, of which there are two
/// at most; one that reaches them says so.
Explanation explain(const model::Model& source, const model::Model& target, const PaddingDiff& diff,
                    const BothSides& inputs, const BothSides& values, const BothSides& outputs,
                    const ExecuteOptions& limits);

}  // namespace padproof::verifier
