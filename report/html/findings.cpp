// SPDX-License-Identifier: Apache-2.0
#include "report/html/findings.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "report/gate.h"
#include "report/html/markup.h"
#include "report/table.h"

namespace padproof::report {
namespace {

using schemas::Finding;
using schemas::Model;

Table places_of(const Model& model, const std::string& rule, std::string_view severity) {
  Table table({"node", "op", "what", "graph"});
  for (const Finding& finding : model.findings())
    if (finding.state() == "new" && finding.rule() == rule && finding.severity() == severity)
      table.add({{finding.node().empty() ? "the model" : finding.node(), ""},
                 {finding.op(), ""},
                 {finding.text(), ""},
                 {finding.graph() == "main" ? "" : finding.graph(), ""}});
  return table;
}

std::string rule_of(const Message& report, const std::string& id, std::string_view severity,
                    const Table& places) {
  std::string out = fmt::format("<h4><span class=\"{}\">{}</span> {} <span class=\"quiet\">{}</span></h4>\n",
                                html_class(severity), html_text(severity), html_text(id),
                                html_text(plural(places.rows().size(), "place")));
  for (const schemas::Rule& rule : report.rules())
    if (rule.id() == id)
      out += fmt::format("<p><b>Why:</b> {}. <b>Fix:</b> {}.</p>\n", html_text(rule.why()),
                         html_text(rule.fix()));
  return out + html_table(places);
}

std::string accepted_of(const Model& model) {
  Model accepted;
  for (const Finding& finding : model.findings())
    if (finding.state() != "new") *accepted.add_findings() = finding;
  if (accepted.findings().empty()) return "";
  return fmt::format("<details><summary>{} known or suppressed</summary>\n{}</details>\n",
                     accepted.findings().size(), html_table(findings_table(accepted)));
}

}  // namespace

std::string html_findings(const Message& report, const Model& model) {
  constexpr std::array<std::string_view, 3> kSeverities = {"error", "warning", "note"};
  std::set<std::string> rules;
  for (const Finding& finding : model.findings()) rules.insert(finding.rule());
  std::string out;
  for (const std::string_view severity : kSeverities)
    for (const std::string& rule : rules)
      if (const Table places = places_of(model, rule, severity); !places.empty())
        out += rule_of(report, rule, severity, places);
  return out + accepted_of(model);
}

}  // namespace padproof::report
