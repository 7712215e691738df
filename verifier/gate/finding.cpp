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

namespace {

std::string place_of(const Finding& finding) {
  const std::string rule(finding.rule);
  if (finding.node == nullptr) return rule + '\0' + finding.text;
  return rule + '\0' + finding.graph->path + '\0' + model::display_name(*finding.graph, *finding.node);
}

}  // namespace

std::string fingerprint(const Finding& finding) {
  const std::string content = finding.content.empty() ? "" : '\0' + finding.content;
  return model::sha256_of(place_of(finding) + content);
}

std::string fingerprint_without_content(const Finding& finding) {
  return model::sha256_of(place_of(finding));
}

}  // namespace padproof::verifier
