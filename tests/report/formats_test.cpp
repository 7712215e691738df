// SPDX-License-Identifier: Apache-2.0
// What model text cannot do to the formats that other tools read; consumers.py holds them to their schemas.
#include "report/formats.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "report/concerns.h"

namespace {

namespace report = padproof::report;
namespace schemas = padproof::schemas;

schemas::Report gate_report(const std::string& source) {
  schemas::Report message = report::make_report("gate", "1.2.3");
  schemas::Rule& rule = *message.add_rules();
  rule.set_id("some-rule");
  rule.set_severity("error");
  message.set_verdict("refuted");
  schemas::Model& model = *message.add_models();
  model.set_source(source);
  model.set_verdict("refuted");
  return message;
}

schemas::Finding& add_finding(schemas::Report& message, const std::string& node, const std::string& state) {
  schemas::Finding& finding = *message.mutable_models(0)->add_findings();
  finding.set_rule("some-rule");
  finding.set_severity("error");
  finding.set_node(node);
  finding.set_op("Conv");
  finding.set_graph("main");
  finding.set_text("what is the case");
  finding.set_state(state);
  finding.set_breaks(state == "new");
  return finding;
}

std::string render(std::string_view format, const schemas::Report& message) {
  return report::format_by_name(format)->render(message, {});
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("model text starts no workflow command and ends none") {
  schemas::Report message = gate_report("a:b,c%.onnx");
  add_finding(message, "x\n::error::y\r%0A", "new");
  const std::string text = render("github", message);
  CHECK(text.starts_with("::error file=a%3Ab%2Cc%25.onnx,title=some-rule::Conv 'x%0A::error::y%0D%250A': "));
  CHECK(count(text, "\n") == 2);
}

TEST_CASE("at most ten annotations of a kind, the last of which counts the others") {
  for (const int findings : {1, 9, 10, 11, 30}) {
    CAPTURE(findings);
    schemas::Report message = gate_report("m.onnx");
    for (int i = 0; i < findings; ++i) add_finding(message, fmt::format("n{}", i), "new");
    add_finding(message, "old", "known");
    const std::string text = render("github", message);
    CHECK(count(text, "::error ") == static_cast<std::size_t>(std::min(findings, 10)));
    CHECK(text.find("'old'") == std::string::npos);
    const std::string rest =
        fmt::format("::error title=padproof::{} more: {} some-rule\n", findings - 9, findings - 9);
    CHECK((text.find(rest) != std::string::npos) == (findings > 10));
  }
}

TEST_CASE("XML holds text of any kind") {
  schemas::Report message = gate_report("<&>\".onnx");
  add_finding(message, "]]></failure>&\x01\xef\xbf\xbf\xef\xbf\xbe\xef\xbf\xbd", "new");
  const std::string text = render("junit", message);
  CHECK(text.find("']]&gt;&lt;/failure&gt;&amp;\\x01??\xef\xbf\xbd'") != std::string::npos);
  CHECK(text.find("<testsuite name=\"&lt;&amp;&gt;&quot;.onnx\" tests=\"1\" failures=\"1\"") !=
        std::string::npos);
}

TEST_CASE(
    "what is suppressed is skipped with its reason, what is known passes, what is unreadable is an error") {
  schemas::Report message = gate_report("m.onnx");
  message.mutable_models(0)->set_verdict("none");
  add_finding(message, "n", "suppressed").set_reason("it is meant");
  REQUIRE_FALSE(message.models(0).findings(0).breaks());
  const std::string skipped = render("junit", message);
  CHECK(skipped.find("<skipped message=\"error: Conv 'n': what is the case (suppressed: it is meant)\"/>") !=
        std::string::npos);
  message.mutable_models(0)->mutable_findings(0)->set_state("known");
  CHECK(render("junit", message).find("<system-out>") != std::string::npos);
  CHECK(count(render("junit", message), "<failure") == 0);
  schemas::Report broken = gate_report("m.onnx");
  broken.mutable_models(0)->set_verdict("error");
  broken.mutable_models(0)->add_diagnostics()->set_text("cannot open");
  const std::string error = render("junit", broken);
  CHECK(error.find("<error message=\"error: cannot open\" type=\"unreadable-model\">") != std::string::npos);
  CHECK(error.find("some-rule") == std::string::npos);
}

TEST_CASE("a bad verdict that nothing explains is told of all the same") {
  for (const char* const verdict : {"refuted", "unknown", "error"}) {
    CAPTURE(verdict);
    schemas::Report message = report::make_report("verify", "1.2.3");
    schemas::Model& model = *message.add_models();
    model.set_verdict(verdict);
    model.set_reason("why");
    const auto concerns = report::concerns_of(message, model);
    REQUIRE(concerns.size() == 1);
    CHECK(concerns[0].fails);
    CHECK(concerns[0].text == "why");
  }
}

TEST_CASE("SARIF says what was accepted and what is known") {
  schemas::Report message = gate_report("a b/\xc3\xa9.onnx");
  add_finding(message, "one", "suppressed").set_reason("it is \"meant\"");
  add_finding(message, "two", "known");
  schemas::Finding& third = add_finding(message, "three", "new");
  third.set_byte_offset(10);
  third.set_byte_length(20);
  const auto log = nlohmann::json::parse(render("sarif", message));
  const auto& run = log["runs"][0];
  CHECK(run["artifacts"][0]["location"]["uri"] == "a%20b/%C3%A9.onnx");
  CHECK(run["results"][0]["suppressions"][0]["justification"] == "it is \"meant\"");
  CHECK(run["results"][1]["baselineState"] == "unchanged");
  CHECK(run["results"][2]["locations"][0]["physicalLocation"]["region"]["byteOffset"] == 10);
}

TEST_CASE("every concern has a rule that is described") {
  const schemas::Report message = report::make_report("diff", "1.2.3");
  std::set<std::string> ids;
  for (const auto& rule : report::rules_of(message)) CHECK(ids.insert(rule.id()).second);
  for (const char* const id :
       {"padding-differs", "negative-total", "refuted", "unreadable-model", "not-proved"})
    CHECK(ids.contains(id));
}
