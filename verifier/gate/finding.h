// SPDX-License-Identifier: Apache-2.0
// What the gate says of a model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/graph.h"

namespace padproof::verifier {

enum class Severity { kOff, kNote, kWarning, kError };

/// `off`, `note`, `warning`, `error`.
std::string_view to_string(Severity severity);
std::optional<Severity> severity_of(std::string_view name);

enum class FindingState {
  kNew,
  kKnown,       ///< in the file of accepted findings
  kSuppressed,  ///< by the policy
};

/// A rule broken at one place.
struct Finding {
  std::string_view rule;  // its id
  Severity severity = Severity::kError;
  const model::Graph* graph = nullptr;  // null, as the node, for the model as a whole
  const model::Node* node = nullptr;
  std::string text;  // what is the case here, one line
  /// What makes it another finding when it changes: modes, pads, kernels; no names and no extents, which
  /// change by themselves. Empty where rule and node say it all.
  std::string content;
  FindingState state = FindingState::kNew;
  std::string reason;  // kSuppressed: the policy's
};

/// SHA-256 in hexadecimal digits of the rule, where it is broken and what was found there: it stays while
/// nodes around it come and go and extents change.
std::string fingerprint(const Finding& finding);

/// As files of accepted findings of version 1.0 have it: without what was found.
std::string fingerprint_without_content(const Finding& finding);

}  // namespace padproof::verifier
