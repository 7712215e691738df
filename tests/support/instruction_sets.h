// SPDX-License-Identifier: Apache-2.0
// Makes the fast path take one instruction set after the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace padproof::test {

struct InstructionSet {
  std::string name;
  std::int64_t target;  // Highway's bit
};

/// Those that the fast path is compiled for and this machine has; the emulated one is always among them.
std::vector<InstructionSet> instruction_sets();

/// While it lives, all kernels run on this instruction set. Not for several threads at once.
class OnInstructionSet {
 public:
  explicit OnInstructionSet(const InstructionSet& set);
  OnInstructionSet(const OnInstructionSet&) = delete;
  OnInstructionSet& operator=(const OnInstructionSet&) = delete;
  ~OnInstructionSet();
};

}  // namespace padproof::test
