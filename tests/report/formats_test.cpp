// SPDX-License-Identifier: Apache-2.0
// What model text cannot do to the formats that other tools read; consumers.py holds them to their schemas.
#include "report/formats.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "report/alignment_text.h"
#include "report/comment.h"
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

TEST_CASE("unreadable models and each rule of each model have an annotation before any has two") {
  schemas::Report message = gate_report("m.onnx");
  for (int i = 0; i < 40; ++i) add_finding(message, fmt::format("n{}", i), "new");
  add_finding(message, "n", "new").set_rule("another-rule");
  *message.add_models() = message.models(0);
  message.mutable_models(1)->set_source("second.onnx");
  schemas::Model& broken = *message.add_models();
  broken.set_source("broken.onnx");
  broken.set_verdict("error");
  broken.set_reason("cannot open");
  const std::string text = render("github", message);
  CHECK(count(text, "::error ") == 10);
  std::size_t at = 0;
  for (const char* const start :
       {"::error file=broken.onnx,title=unreadable-model::", "::error file=m.onnx,title=some-rule::Conv 'n0'",
        "::error file=m.onnx,title=another-rule::", "::error file=second.onnx,title=some-rule::",
        "::error file=second.onnx,title=another-rule::", "::error file=m.onnx,title=some-rule::Conv 'n1'",
        "::error title=padproof::74 more: 74 some-rule\n"}) {
    CAPTURE(std::string(start));
    at = text.find(start, at);
    REQUIRE(at != std::string::npos);
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
  CHECK(run["results"][0]["baselineState"] == "new");
  CHECK(run["results"][1]["baselineState"] == "unchanged");
  CHECK(run["results"][2]["baselineState"] == "new");
  CHECK(run["results"][2]["locations"][0]["physicalLocation"]["region"]["byteOffset"] == 10);
}

std::size_t occurrences(const std::string& text, const std::string& wanted) {
  std::size_t count = 0;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) ++count;
  return count;
}

TEST_CASE("a run of SARIF has as many results as GitHub takes, those that fail among them") {
  schemas::Report message = gate_report("m.onnx");
  message.mutable_models(0)->set_verdict("none");
  for (int i = 0; i < 25'000; ++i) add_finding(message, "old", "known").set_fingerprint("f");
  // Counted as text: parsing them takes half a minute under sanitizers.
  const std::string whole = render("sarif", message);
  CHECK(occurrences(whole, "\"ruleIndex\"") == 25'000);
  CHECK(occurrences(whole, "are left out") == 0);
  add_finding(message, "last", "new");
  const std::string cut = render("sarif", message);
  CHECK(occurrences(cut, "\"ruleIndex\"") == 25'000);
  CHECK(cut.find("Conv 'last': what is the case") < cut.find("Conv 'old'"));
  CHECK(occurrences(cut, "1 of 25001 results are left out: a run has at most 25000") == 1);
}

TEST_CASE("a layer left over in the target is told of there, and is not the source's of its name") {
  schemas::Report message = report::make_report("diff", "1.2.3");
  schemas::Model& model = *message.add_models();
  model.set_source("source.onnx");
  model.set_target("target.onnx");
  model.set_verdict("unknown");
  for (schemas::Layer* const layer :
       {model.mutable_alignment()->add_left_source(), model.mutable_alignment()->add_left_target()}) {
    layer->set_name("conv1");
    layer->set_op("Conv");
    layer->set_graph("main/if.then_branch");
  }
  const auto results = nlohmann::json::parse(render("sarif", message))["runs"][0]["results"];
  REQUIRE(results.size() == 2);
  CHECK(results[0]["partialFingerprints"] != results[1]["partialFingerprints"]);
  CHECK(results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "target.onnx");
  CHECK(results[1]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "source.onnx");
  const std::string junit = render("junit", message);
  CHECK(junit.find("name=\"Conv conv1 in main/if.then_branch\"") != std::string::npos);
  CHECK(junit.find("name=\"Conv conv1 in main/if.then_branch (target)\"") != std::string::npos);
  CHECK(render("github", message).find("::warning file=target.onnx,") != std::string::npos);
}

TEST_CASE("what --allow-unknown lets pass is skipped, a refuted model beside it is not") {
  schemas::Report message = report::make_report("verify", "1.2.3");
  for (const char* const verdict : {"unknown", "refuted"}) {
    schemas::Model& model = *message.add_models();
    model.set_source(verdict);
    model.set_verdict(verdict);
    model.set_reason("why");
  }
  const auto junit = [&](bool allow_unknown) {
    return report::format_by_name("junit")->render(message, {false, false, allow_unknown});
  };
  CHECK(count(junit(false), "<failure") == 2);
  CHECK(count(junit(true), "<failure") == 1);
  CHECK(junit(true).find("<skipped message=\"warning: why (suppressed: --allow-unknown)\"/>") !=
        std::string::npos);
}

TEST_CASE("differing outputs are told of in one sentence") {
  schemas::Report message = report::make_report("verify", "1.2.3");
  schemas::Execution& execution = *message.add_models()->mutable_execution();
  execution.set_outcome("different");
  execution.set_output("'y': 2 of 4 elements differ");
  execution.set_first_node("Conv 'c'");
  execution.mutable_first()->set_value("v");
  const auto concerns = report::concerns_of(message, message.models(0));
  REQUIRE(concerns.size() == 1);
  CHECK(concerns[0].text ==
        "output 'y': 2 of 4 elements differ; the first value that differs is 'v', of Conv 'c'");
}

TEST_CASE("that no layer pads differently is not called proved to people") {
  schemas::Report message = report::make_report("diff", "1.2.3");
  schemas::Model& model = *message.add_models();
  model.set_source("a.onnx");
  model.set_verdict("proved");
  model.set_reason("0 of 1 aligned layers read other cells");
  message.set_verdict("proved");
  for (const char* const format : {"text", "markdown", "html", "github"}) {
    CAPTURE(std::string(format));
    const std::string text = render(format, message);
    CHECK(text.find("no padding difference") != std::string::npos);
    CHECK(text.substr(0, text.find("<style>")).find("proved") == std::string::npos);
  }
  CHECK(render("html", message).find("class=\"verdict good\"") != std::string::npos);
  CHECK(render("json", message).find("\"verdict\": \"proved\"") != std::string::npos);
  message.set_command("verify");
  CHECK(render("text", message).find("proved: 0 of 1") != std::string::npos);
}

TEST_CASE("what stays open where no layer pads differently is said") {
  schemas::Model model;
  schemas::LayerPair& pair = *model.mutable_alignment()->add_layers();
  pair.mutable_source()->set_op("Conv");
  pair.set_match("weights");
  CHECK(report::left_open(model).empty());
  pair.set_match("position");
  CHECK(report::left_open(model) == "; the weights of 1 layer are not known to be the same");
  pair.mutable_source()->set_op("MaxPool");
  CHECK(report::left_open(model).empty());
  schemas::OutputNumbers& output = *model.mutable_numbers()->add_outputs();
  output.set_max_absolute(8);
  CHECK(report::left_open(model).empty());
  model.mutable_numbers()->mutable_rounding()->set_outcome("unknown");
  CHECK(report::left_open(model) == "; rounding is not known to explain how far the outputs move");
  output.set_max_absolute(0);
  CHECK(report::left_open(model).empty());
}

TEST_CASE("a failure has the type of what failed, and notes about no model are annotated") {
  schemas::Report message = gate_report("m.onnx");
  message.set_command("inspect");
  schemas::Finding& note = add_finding(message, "n", "new");
  note.set_severity("note");
  note.set_breaks(false);
  add_finding(message, "n", "new").set_rule("the-other");
  CHECK(render("junit", message).find("type=\"the-other\"") != std::string::npos);
  schemas::Diagnostic& unused = *message.add_notes();
  unused.set_code("unused-suppression");
  unused.set_text("suppresses nothing");
  CHECK(render("github", message).find("::warning title=unused-suppression::suppresses nothing\n") !=
        std::string::npos);
}

TEST_CASE("Markdown of many models fits into a comment, with what fails in front") {
  CHECK(report::join_sections({{"a\n", false}, {"b\n", true}}, 100) == "a\n\nb\n");
  CHECK(report::join_sections({}) == "");
  const std::string line(40, 'x');
  const std::string passing = "passes\n" + line + "\n" + line + "\n" + line + "\n";
  const std::string cut = report::join_sections({{passing, false}, {"fails\n", true}, {passing, false}}, 200);
  CHECK(cut == "fails\n\npasses\n" + line + "\n" + line +
                   "\n\nThe rest, and 1 more models, are in the text report.\n");
  schemas::Report message = report::make_report("gate", "1.2.3");
  for (int i = 0; i < 3000; ++i) {
    schemas::Model& model = *message.add_models();
    model.set_source("model" + std::to_string(i) + ".onnx");
    model.set_verdict(i == 2999 ? "error" : "none");
    model.set_reason("no rule is broken");
  }
  const std::string comment = render("markdown", message);
  CHECK(comment.size() < 65'536);
  CHECK(comment.starts_with("### `model2999.onnx`"));
  CHECK(comment.ends_with("3000 models: 1 error, 2999 passed\n"));
}

TEST_CASE("every concern has a rule that is described") {
  const schemas::Report message = report::make_report("diff", "1.2.3");
  std::set<std::string> ids;
  for (const auto& rule : report::rules_of(message)) {
    CHECK(ids.insert(rule.id()).second);
    CHECK((!rule.summary().empty() && !rule.why().empty() && !rule.fix().empty()));
  }
  for (const char* const id :
       {"padding-differs", "negative-total", "refuted", "unreadable-model", "not-proved"})
    CHECK(ids.contains(id));
}
