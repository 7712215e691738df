// SPDX-License-Identifier: Apache-2.0
// JUnit XML as CI servers read it: a suite for each model, a case for each rule (gate), layer (diff) or node.
//
// What keeps the verdict from being good fails, a verdict of unknown included; a model that could not be read
// is an error; a suppressed finding is skipped, with its reason, as is what --allow-unknown lets pass.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/concerns.h"
#include "report/render.h"

namespace padproof::report {
namespace {

/// Text that XML 1.0 can hold: it knows neither most control characters nor U+FFFE and U+FFFF.
std::string xml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_no_character = text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf";
    if (text[i] == '&')
      out += "&amp;";
    else if (text[i] == '<')
      out += "&lt;";
    else if (text[i] == '>')
      out += "&gt;";
    else if (text[i] == '"')
      out += "&quot;";
    else if (byte < 0x20 && text[i] != '\n' && text[i] != '\t')
      out += fmt::format("\\x{:02x}", byte);
    else if (is_no_character)
      out += "?", i += 2;
    else
      out += text[i];
  }
  return out;
}

struct Case {
  std::string name;
  std::vector<const Concern*> concerns;
};

/// Servers take cases of one name for one case.
std::string name_of(const std::string& op, const std::string& node, const std::string& graph) {
  const bool is_main = graph.empty() || graph == "main";
  return fmt::format("{} {}{}", op, node, is_main ? "" : " in " + graph);
}

/// In the order of the report. What has no place is told of by its rule.
std::vector<Case> cases_of(const Message& report, const schemas::Model& model,
                           const std::vector<Concern>& concerns) {
  std::vector<Case> cases;
  std::map<std::string, std::size_t> by_key;
  const auto at = [&](const std::string& key, const std::string& name) -> Case& {
    const auto [found, is_new] = by_key.emplace(key, cases.size());
    if (is_new) cases.push_back({name, {}});
    return cases[found->second];
  };
  const auto key = [](const auto& place) { return place.graph() + '\n' + place.name(); };
  const auto name = [](const auto& place) { return name_of(place.op(), place.name(), place.graph()); };
  // A model that could not be worked on was asked nothing.
  const bool was_asked = model.verdict() != "error" && model.verdict() != "unknown";
  for (const auto& rule : report.rules())
    if (was_asked && rule.severity() != "off" &&
        (!rule.id().starts_with("baseline-") || !model.baseline().empty()))
      at("rule\n" + rule.id(), rule.id());
  for (const auto& pair : model.alignment().layers())
    if (report.command() == "diff") at(key(pair.source()), name(pair.source()));
  for (const auto& node : model.nodes()) at(key(node), name(node));
  for (const Concern& concern : concerns) {
    const bool is_by_rule = report.command() == "gate" || concern.node.empty();
    const std::string place = is_by_rule          ? "rule\n" + concern.rule
                              : concern.in_target ? "target\n" + concern.graph + '\n' + concern.node
                                                  : concern.graph + '\n' + concern.node;
    const std::string node = name_of(concern.op, concern.node, concern.graph);
    at(place, is_by_rule          ? concern.rule
              : concern.in_target ? node + " (target)"
                                  : node)
        .concerns.push_back(&concern);
  }
  if (cases.empty()) at("verdict", "verdict");
  return cases;
}

enum class CaseResult { kPassed, kSkipped, kFailed, kError };

CaseResult result_of(const Case& each) {
  CaseResult result = CaseResult::kPassed;
  for (const Concern* const concern : each.concerns) {
    const CaseResult own = !concern->fails
                               ? (concern->state == "suppressed" ? CaseResult::kSkipped : CaseResult::kPassed)
                           : concern->rule == "unreadable-model" ? CaseResult::kError
                                                                 : CaseResult::kFailed;
    result = std::max(result, own);
  }
  return result;
}

const Concern& first_failing(const Case& each) {
  return **std::find_if(each.concerns.begin(), each.concerns.end(),
                        [](const Concern* concern) { return concern->fails; });
}

std::string lines_of(const Case& each, bool failing) {
  std::string text;
  for (const Concern* const concern : each.concerns) {
    if (concern->fails != failing) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", concern->level, sentence(*concern));
    if (concern->state != "new")
      text += fmt::format(" ({}{})", concern->state, concern->reason.empty() ? "" : ": " + concern->reason);
  }
  return text;
}

std::string render_case(const Case& each, const std::string& file) {
  const std::string path = xml(file);
  std::string out = fmt::format("    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"0\"",
                                xml(each.name), path, path);
  const CaseResult result = result_of(each);
  const std::string others = lines_of(each, false);
  if (result == CaseResult::kPassed && others.empty()) return out + "/>\n";
  out += ">\n";
  const std::string failing = lines_of(each, true);
  if (result == CaseResult::kSkipped)
    out += fmt::format("      <skipped message=\"{}\"/>\n", xml(others));
  else if (result != CaseResult::kPassed) {
    const std::string element = result == CaseResult::kError ? "error" : "failure";
    out += fmt::format("      <{} message=\"{}\" type=\"{}\">{}</{}>\n", element,
                       xml(failing.substr(0, failing.find('\n'))), xml(first_failing(each).rule),
                       xml(failing), element);
  }
  if (result != CaseResult::kSkipped && !others.empty())
    out += fmt::format("      <system-out>{}</system-out>\n", xml(others));
  return out + "    </testcase>\n";
}

/// As the exit code does.
void accept_unknown(std::vector<Concern>& concerns) {
  for (Concern& concern : concerns) {
    if (!concern.fails) continue;
    concern.fails = false;
    concern.state = "suppressed";
    concern.reason = "--allow-unknown";
  }
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;

  void add(CaseResult result) {
    ++tests;
    failures += result == CaseResult::kFailed ? 1 : 0;
    errors += result == CaseResult::kError ? 1 : 0;
    skipped += result == CaseResult::kSkipped ? 1 : 0;
  }
  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\"", tests, failures, errors);
  }
};

/// What kept the command from starting: a suite that no model has.
std::string suite_of_errors(const Message& report, Counts& all) {
  if (report.errors().empty()) return "";
  Counts counts;
  std::string cases;
  for (const auto& error : report.errors()) {
    counts.add(CaseResult::kError);
    const std::string text = xml(error.text());
    cases += fmt::format(
        "    <testcase name=\"{}\" classname=\"padproof\" time=\"0\">\n      <error message=\"{}\" "
        "type=\"{}\">{}</error>\n    </testcase>\n",
        xml(error.code()), text, xml(error.code()), text);
  }
  all.add(counts);
  return fmt::format("  <testsuite name=\"padproof {}\" {} skipped=\"0\" time=\"0\">\n{}  </testsuite>\n",
                     xml(report.command()), counts.attributes(), cases);
}

}  // namespace

std::string render_junit(const Message& report, const RenderOptions& options) {
  Counts all;
  std::string suites = suite_of_errors(report, all);
  for (const schemas::Model& model : report.models()) {
    auto concerns = concerns_of(report, model);
    if (options.allow_unknown && model.verdict() == "unknown") accept_unknown(concerns);
    Counts counts;
    std::string cases;
    for (const Case& each : cases_of(report, model, concerns)) {
      counts.add(result_of(each));
      cases += render_case(each, model.source());
    }
    suites += fmt::format("  <testsuite name=\"{}\" {} skipped=\"{}\" time=\"0\">\n{}  </testsuite>\n",
                          xml(model.source()), counts.attributes(), counts.skipped, cases);
    all.add(counts);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"padproof {}\" {} "
      "time=\"0\">\n{}</testsuites>\n",
      xml(report.command()), all.attributes(), suites);
}

}  // namespace padproof::report
