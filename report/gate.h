// SPDX-License-Identifier: Apache-2.0
// The gate's findings as report messages, and as text.
#pragma once

#include <vector>

#include "report/build.h"
#include "report/table.h"
#include "verifier/gate/gate.h"

namespace padproof::report {

/// All rules with the severity that the policy gives them.
void add_rules(Message& report, const verifier::Policy& policy);

/// Findings, verdict and reason. The graphs and nodes of the findings must still be there.
void add_findings(schemas::Model& model, const std::vector<verifier::Finding>& findings,
                  const verifier::Policy& policy);

/// New findings become known ones.
void accept_findings(schemas::Model& model);

/// Worst first, then in the model's order; known and suppressed ones last.
Table findings_table(const schemas::Model& model);
/// What to do about each rule that is broken, once.
std::vector<std::string> fix_lines(const Message& report, const schemas::Model& model, bool color);
/// What the gate asks, where only that is to be shown.
Table rules_table(const Message& report);

}  // namespace padproof::report
