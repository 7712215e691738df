// SPDX-License-Identifier: Apache-2.0
// What a report has to complain about, whatever the command: one list for the formats that other tools read.
//
// Nothing that keeps a verdict from being good is left out; a bad verdict without a place is a concern of its
// own.
#pragma once

#include <string>
#include <vector>

#include "report/build.h"

namespace padproof::report {

struct Concern {
  std::string rule;
  std::string level;  // error, warning, note
  std::string node;   // empty: the model as a whole
  std::string op;
  std::string graph;
  std::string text;
  std::string state = "new";  // new, known, suppressed
  std::string reason;         // suppressed: why
  std::string fingerprint;
  std::int64_t byte_offset = 0;  // of the node in the model's file
  std::int64_t byte_length = 0;  // 0: not known
  bool fails = false;            // the verdict is not good because of it
  bool in_target = false;        // a node of the target, not of the source
};

std::vector<Concern> concerns_of(const Message& report, const schemas::Model& model);

/// What the concerns' rules are about: the gate's own rules, or those of the other commands.
std::vector<schemas::Rule> rules_of(const Message& report);

/// `Conv 'stem': pads differ`.
std::string sentence(const Concern& concern);

}  // namespace padproof::report
