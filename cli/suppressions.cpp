// SPDX-License-Identifier: Apache-2.0
#include "cli/suppressions.h"

#include <fmt/format.h>

namespace padproof::cli {

bool is_judged(const schemas::Model& model) {
  return (model.verdict() == "none" || model.verdict() == "refuted") && model.diagnostics().empty();
}

void add_unused_suppressions(const verifier::Policy& policy, const std::string& policy_path,
                             const std::vector<InputFile>& models,
                             const std::vector<std::vector<std::size_t>>& taken, report::Message& report) {
  for (std::size_t i = 0; i < policy.suppressions.size(); ++i) {
    const verifier::Suppression& suppression = policy.suppressions[i];
    bool had_chance = false;
    bool is_needed = false;
    for (std::size_t m = 0; m < models.size(); ++m) {
      if (!suppression.is_about(models[m].path)) continue;
      had_chance = true;
      is_needed = is_needed || !is_judged(report.models(static_cast<int>(m))) || taken[m][i] != 0;
    }
    if (!had_chance || is_needed) continue;
    schemas::Diagnostic& note = *report.add_notes();
    note.set_code("unused-suppression");
    note.set_text(fmt::format("{}:{}: the suppression of {} suppresses nothing [unused-suppression]",
                              model::printable(policy_path, model::kMostPrintablePath), suppression.line,
                              suppression.rule));
  }
}

}  // namespace padproof::cli
