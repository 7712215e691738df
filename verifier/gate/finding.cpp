// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/finding.h"

#include "model/digest.h"

namespace padproof::verifier {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kOff:
      return "off";
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

std::optional<Severity> severity_of(std::string_view name) {
  for (const Severity severity : {Severity::kOff, Severity::kNote, Severity::kWarning, Severity::kError})
    if (to_string(severity) == name) return severity;
  return std::nullopt;
}

std::string fingerprint(const Finding& finding) {
  std::string text(finding.rule);
  if (finding.node != nullptr) {
    text += '\0' + finding.graph->path + '\0';
    text += model::display_name(*finding.graph, *finding.node);
  } else {
    text += '\0' + finding.text;
  }
  return model::sha256_of(text);
}

}  // namespace padproof::verifier
