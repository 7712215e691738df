// SPDX-License-Identifier: Apache-2.0
// What the gate asks of every model. Each rule has a page, docs/rules/<id>.md, a model that breaks it and one
// that nearly does.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "verifier/gate/finding.h"
#include "verifier/gate/window_case.h"

namespace padproof::verifier {

/// A rule broken by a node.
struct Breach {
  std::string text;     // what is the case, one line
  std::string content;  // as Finding::content
};

struct GateRule {
  std::string_view id;
  Severity severity;  // unless the policy says otherwise
  std::string_view summary;
  std::string_view why;
  std::string_view fix;
  std::string_view runtimes;  // that go wrong, separated by `; `; empty for rules that are not about one
  /// What is the case where a sliding-window node breaks the rule. Null for rules about something else.
  std::optional<Breach> (*broken_by)(const WindowCase& window);
};

/// Sorted by id.
std::span<const GateRule> gate_rules();

/// Null for an id that is none.
const GateRule* find_gate_rule(std::string_view id);

}  // namespace padproof::verifier
