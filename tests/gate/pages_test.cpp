// SPDX-License-Identifier: Apache-2.0
// The pages of the rules, docs/rules: each holds a model that breaks its rule and one that nearly does, and
// what they say of themselves is true.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/onnx/reader.h"
#include "tests/support/models.h"
#include "tests/support/process.h"
#include "verifier/gate/gate.h"
#include "verifier/gate/rule.h"

namespace {

using padproof::model::Diagnostic;
using padproof::test::Loaded;
using padproof::verifier::Finding;
using padproof::verifier::GateRule;

const std::string kPages = "docs/rules/";

/// The model below a heading; empty if there is none.
std::string block(const std::string& page, const std::string& heading) {
  const std::size_t at = page.find("\n## " + heading + "\n\n```onnx\n");
  if (at == std::string::npos) return "";
  const std::size_t begin = page.find("```onnx\n", at) + 8;
  return page.substr(begin, page.find("\n```", begin) - begin);
}

/// The largest float stands for Inf, which the text form cannot write.
std::string bytes_with_inf(const std::string& text) {
  std::string bytes = padproof::test::model_bytes(text);
  const std::string largest = "\xff\xff\x7f\x7f";
  const std::string inf("\0\0\x80\x7f", 4);
  for (std::size_t at = bytes.find(largest); at != std::string::npos; at = bytes.find(largest, at + 4))
    bytes.replace(at, 4, inf);
  return bytes;
}

std::set<std::string> broken_as_text(const std::string& bytes) {
  const auto model = padproof::model::read_onnx(padproof::test::rope_of(bytes), "test.onnx");
  REQUIRE(model);
  std::set<std::string> rules;
  for (const Finding& finding : padproof::verifier::check_text(*model)) rules.emplace(finding.rule);
  return rules;
}

std::set<std::string> broken_by(const std::string& text, const std::string& baseline) {
  const std::string bytes = bytes_with_inf(text);
  if (const auto broken = broken_as_text(bytes); !broken.empty()) return broken;
  std::vector<Diagnostic> contradictions;
  padproof::model::InferenceOptions options;
  options.on_contradiction = [&](const Diagnostic& each) { contradictions.push_back(each); };
  const Loaded model = padproof::test::load(padproof::test::rope_of(bytes), options);
  auto findings = padproof::verifier::check_rules(*model.facts, contradictions);
  if (!baseline.empty()) {
    const Loaded source = padproof::test::load_text(baseline);
    const auto diff = padproof::verifier::diff_padding(*source.facts, *model.facts);
    const auto numbers =
        padproof::verifier::run_and_compare(source.model, *source.facts, model.model, diff, {});
    const auto more = padproof::verifier::check_baseline(diff, &numbers, {});
    findings.insert(findings.end(), more.begin(), more.end());
  }
  std::set<std::string> rules;
  for (const Finding& finding : findings) rules.emplace(finding.rule);
  return rules;
}

}  // namespace

TEST_CASE("the model on a rule's page breaks it, and the near miss does not") {
  for (const GateRule& rule : padproof::verifier::gate_rules()) {
    CAPTURE(rule.id);
    const std::string page = padproof::test::read_file(kPages + std::string(rule.id) + ".md");
    REQUIRE(page.starts_with("# " + std::string(rule.id) + "\n"));
    CHECK(page.find("\n**Severity**: " + std::string(to_string(rule.severity)) + "\n") != std::string::npos);
    for (const char* const part : {"\n## Why it bites\n", "\n## Fix\n", "\n## Sources\n"})
      CHECK(page.find(part) != std::string::npos);
    // A folder is what it is about: files_test.cpp has it.
    if (rule.id == "baseline-missing") continue;
    const std::string baseline = block(page, "Baseline");
    CHECK(baseline.empty() != rule.id.starts_with("baseline-"));
    const std::string breaks = block(page, "Breaks");
    const std::string passes = block(page, "Passes");
    REQUIRE(!breaks.empty());
    REQUIRE(!passes.empty());
    CHECK(broken_by(breaks, baseline).contains(std::string(rule.id)));
    CHECK_FALSE(broken_by(passes, baseline).contains(std::string(rule.id)));
  }
}

TEST_CASE("every page has its rule, and the table of all names them") {
  const std::string table = padproof::test::read_file(kPages + "README.md");
  std::size_t pages = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kPages)) {
    const std::string id = entry.path().stem().string();
    if (entry.path().extension() != ".md" || id == "README") continue;
    CAPTURE(id);
    ++pages;
    const GateRule* const rule = padproof::verifier::find_gate_rule(id);
    REQUIRE(rule != nullptr);
    const std::string row = "| [" + id + "](" + id + ".md) | " + std::string(to_string(rule->severity)) +
                            " | " + std::string(rule->summary) + " |\n";
    CHECK(table.find(row) != std::string::npos);
  }
  const auto rules = padproof::verifier::gate_rules();
  CHECK(pages == rules.size());
  CHECK(std::is_sorted(rules.begin(), rules.end(),
                       [](const auto& left, const auto& right) { return left.id < right.id; }));
}
