// SPDX-License-Identifier: Apache-2.0
#include "report/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "verifier/gate/rule.h"

namespace padproof::report {
namespace {

using schemas::Finding;
using verifier::FindingState;

constexpr std::array<std::string_view, 3> kWorstFirst = {"error", "warning", "note"};

std::string_view to_string(FindingState state) {
  switch (state) {
    case FindingState::kNew:
      return "new";
    case FindingState::kKnown:
      return "known";
    case FindingState::kSuppressed:
      return "suppressed";
  }
  return "";
}

/// `2 errors, 1 note; 3 known`.
std::string counts_of(const schemas::Model& model) {
  std::string text;
  const auto add = [&](std::size_t count, const std::string& what, std::string_view separator) {
    if (count != 0) text += fmt::format("{}{}", text.empty() ? "" : separator, what);
  };
  const auto count = [&](auto predicate) {
    return static_cast<std::size_t>(
        std::count_if(model.findings().begin(), model.findings().end(), predicate));
  };
  for (const std::string_view severity : kWorstFirst) {
    const std::size_t found =
        count([&](const Finding& each) { return each.state() == "new" && each.severity() == severity; });
    add(found, plural(found, std::string(severity)), ", ");
  }
  for (const std::string_view state : {"known", "suppressed"}) {
    const std::size_t found = count([&](const Finding& each) { return each.state() == state; });
    add(found, fmt::format("{} {}", found, state), "; ");
  }
  return text;
}

int rank_of(const Finding& finding) {
  const auto* const severity = std::find(kWorstFirst.begin(), kWorstFirst.end(), finding.severity());
  return static_cast<int>(severity - kWorstFirst.begin()) + (finding.state() == "new" ? 0 : 10);
}

void judge(schemas::Model& model) {
  const auto breaks = [](const Finding& finding) { return finding.breaks(); };
  const bool is_broken = std::any_of(model.findings().begin(), model.findings().end(), breaks);
  model.set_verdict(is_broken ? "refuted" : "none");
  const std::string counts = counts_of(model);
  model.set_reason(counts.empty() ? "no rule is broken" : counts);
}

const std::string& style_of_severity(const Finding& finding) {
  if (finding.state() != "new") return kDim;
  return finding.severity() == "error" ? kRed : finding.severity() == "warning" ? kYellow : kDim;
}

}  // namespace

void add_rules(Message& report, const verifier::Policy& policy) {
  for (const verifier::GateRule& rule : verifier::gate_rules()) {
    schemas::Rule& message = *report.add_rules();
    message.set_id(std::string(rule.id));
    message.set_severity(std::string(verifier::to_string(policy.severity_of(rule.id))));
    message.set_summary(std::string(rule.summary));
    message.set_why(std::string(rule.why));
    message.set_fix(std::string(rule.fix));
    for (std::size_t at = 0; at < rule.runtimes.size();) {
      const std::size_t end = std::min(rule.runtimes.find("; ", at), rule.runtimes.size());
      message.add_runtimes(std::string(rule.runtimes.substr(at, end - at)));
      at = end + 2;
    }
  }
}

void add_findings(schemas::Model& model, const std::vector<verifier::Finding>& findings,
                  const verifier::Policy& policy) {
  for (const verifier::Finding& finding : findings) {
    Finding& message = *model.add_findings();
    message.set_rule(std::string(finding.rule));
    message.set_severity(std::string(verifier::to_string(finding.severity)));
    message.set_text(model::printable(finding.text));
    message.set_state(std::string(to_string(finding.state)));
    message.set_reason(model::printable(finding.reason));
    message.set_fingerprint(verifier::fingerprint(finding));
    message.set_breaks(verifier::breaks_gate(policy, finding));
    if (finding.node == nullptr) continue;
    message.set_node(model::display_name(*finding.graph, *finding.node));
    message.set_op(model::printable(finding.node->op_type));
    message.set_graph(finding.graph->path);
    message.set_byte_offset(static_cast<std::int64_t>(finding.node->origin.begin));
    message.set_byte_length(static_cast<std::int64_t>(finding.node->origin.size()));
  }
  judge(model);
}

void accept_findings(schemas::Model& model) {
  for (Finding& finding : *model.mutable_findings()) {
    if (finding.state() != "new") continue;
    finding.set_state("known");
    finding.set_breaks(false);
  }
  judge(model);
}

Table findings_table(const schemas::Model& model) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : model.findings()) findings.push_back(&finding);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding* left, const Finding* right) {
    return rank_of(*left) < rank_of(*right);
  });
  Table table({"severity", "rule", "node", "op", "what", "state", "graph"});
  for (const Finding* const finding : findings) {
    const std::string state = finding->state() == "new"          ? ""
                              : finding->state() == "suppressed" ? "suppressed: " + finding->reason()
                                                                 : finding->state();
    table.add({{finding->severity(), style_of_severity(*finding)},
               {finding->rule(), ""},
               {finding->node(), kBold},
               {finding->op(), ""},
               {finding->text(), ""},
               {state, kDim},
               {finding->graph() == "main" ? "" : finding->graph(), kDim}});
  }
  return table;
}

std::vector<std::string> fix_lines(const Message& report, const schemas::Model& model, bool color) {
  std::set<std::string> broken;
  for (const Finding& finding : model.findings())
    if (finding.state() == "new") broken.insert(finding.rule());
  std::vector<std::string> lines;
  for (const schemas::Rule& rule : report.rules())
    if (broken.contains(rule.id()))
      lines.push_back(
          fmt::format("{}: {}; fix: {}", styled(rule.id(), kBold, color), rule.why(), rule.fix()));
  return lines;
}

Table rules_table(const Message& report) {
  Table table({"rule", "severity", "what", "runtimes"});
  for (const schemas::Rule& rule : report.rules())
    table.add({{rule.id(), kBold},
               {rule.severity(), ""},
               {rule.summary(), ""},
               {fmt::format("{}", fmt::join(rule.runtimes(), ", ")), kDim}});
  return table;
}

}  // namespace padproof::report
