// SPDX-License-Identifier: Apache-2.0
#include "tests/support/instruction_sets.h"

#include <hwy/highway.h>

#include "verifier/engine/simd/targets.h"

namespace padproof::test {

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets;
  const std::int64_t here = hwy::SupportedTargets() & HWY_TARGETS;
  for (std::int64_t rest = here | HWY_STATIC_TARGET; rest != 0; rest &= rest - 1)
    sets.push_back({hwy::TargetName(rest & -rest), rest & -rest});
  return sets;
}

OnInstructionSet::OnInstructionSet(const InstructionSet& set) {
  hwy::SetSupportedTargetsForTest(set.target);
  hwy::GetChosenTarget().Update(set.target);
}

OnInstructionSet::~OnInstructionSet() {
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace padproof::test
