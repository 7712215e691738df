// SPDX-License-Identifier: Apache-2.0
// Policies: what is wrong with one is said with its place, and what is right is done.
#include "verifier/gate/policy.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/models.h"
#include "tests/support/process.h"
#include "verifier/gate/gate.h"
#include "verifier/gate/key_depth.h"

namespace {

using padproof::test::TemporaryFolder;
using padproof::verifier::Finding;
using padproof::verifier::FindingState;
using padproof::verifier::Policy;
using padproof::verifier::Severity;

struct WrongPolicy {
  const char* text;
  const char* place;  // line:column
  const char* code;
  const char* got;
};

const WrongPolicy kWrong[] = {
    {"fail-on = \"error\"\nfial-on = \"note\"\n", "2:1", "policy-key", "fial-on"},
    {"fail-on = \"off\"\n", "1:11", "policy-severity", "off"},
    {"fail-on = 3\n", "1:11", "policy-severity", ""},
    {"fail-on = \"fatal\"\n", "1:11", "policy-severity", "fatal"},
    {"rules = 1\n", "1:9", "policy-type", ""},
    {"[rules]\nodd-strides = \"off\"\n", "2:1", "policy-rule", "odd-strides"},
    {"[rules]\nbaked-pads = true\n", "2:14", "policy-severity", ""},
    {"[rules]\nbaked-pads = \"off\"\nbaked-pads = \"note\"\n", "3:14", "policy-syntax", ""},
    {"[rules\n", "1:7", "policy-syntax", ""},
    {"[baseline]\nmax-absolute = 1\n", "2:1", "policy-key", "max-absolute"},
    {"[baseline]\nmax-relative = -1\n", "2:16", "policy-threshold", "max-relative"},
    {"[baseline]\nmax-relative = inf\n", "2:16", "policy-threshold", "max-relative"},
    {"[baseline]\nmax-relative = \"1\"\n", "2:16", "policy-threshold", "max-relative"},
    {"[baseline]\nmin-top1 = 1.01\n", "2:12", "policy-threshold", "min-top1"},
    {"[baseline]\nmin-top1 = nan\n", "2:12", "policy-threshold", "min-top1"},
    {"suppress = \"baked-pads\"\n", "1:12", "policy-type", ""},
    {"[suppress]\nrule = \"baked-pads\"\n", "1:1", "policy-type", ""},
    {"suppress = [1]\n", "1:13", "policy-type", ""},
    {"\n[[suppress]]\nreason = \"why\"\n", "2:1", "policy-suppression", ""},
    {"[[suppress]]\nrule = \"baked-pads\"\n", "1:1", "policy-suppression", ""},
    {"[[suppress]]\nrule = \"baked-pads\"\nreason = \" \"\n", "3:10", "policy-type", ""},
    {"[[suppress]]\nrule = \"baked-pads\"\nreason = 7\n", "3:10", "policy-type", ""},
    {"[[suppress]]\nrule = \"baked\"\nreason = \"why\"\n", "1:1", "policy-rule", "baked"},
    {"[[suppress]]\nrule = \"baked-pads\"\nreason = \"why\"\nlayer = \"x\"\n", "4:1", "policy-key", "layer"},
};

Policy policy_of(const std::string& text) {
  const TemporaryFolder folder;
  return padproof::test::value_or_throw(padproof::verifier::read_policy(folder.write("policy.toml", text)));
}

/// Two strided SAME convolutions without names: they go by their outputs.
padproof::test::Loaded two_layers() {
  return padproof::test::load_text(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,8,8] x) => (float[] y) <float[1,1,3,3] w = {1, 1, 1, 1, 1, 1, 1, 1, 1}> {
  stem_first = Conv<auto_pad = "SAME_UPPER", strides = [2, 2]>(x, w)
  y = Conv<auto_pad = "SAME_UPPER", strides = [2, 2]>(stem_first, w)
})");
}

/// The nodes whose padding is implicit, of findings in this state.
std::string in_state(const std::vector<Finding>& findings, FindingState state) {
  std::string text;
  for (const Finding& finding : findings)
    if (finding.state == state && finding.rule == "implicit-padding")
      text += padproof::model::display_name(*finding.graph, *finding.node) + " ";
  return text;
}

}  // namespace

TEST_CASE("a wrong policy is refused at its place") {
  const TemporaryFolder folder;
  for (const WrongPolicy& row : kWrong) {
    CAPTURE(std::string(row.text));
    const std::string path = folder.write("policy.toml", row.text);
    const auto policy = padproof::verifier::read_policy(path);
    REQUIRE_FALSE(policy);
    CHECK(policy.error().code == row.code);
    CHECK(policy.error().where.file == path + ":" + row.place);
    CHECK(policy.error().got == row.got);
    CHECK(padproof::model::to_string(policy.error()).starts_with(path + ":" + row.place + ": "));
  }
  CHECK(padproof::verifier::read_policy(folder.file("none.toml")).error().code == "io");
  const std::string huge(std::size_t{1} << 21, '\n');
  CHECK(padproof::verifier::read_policy(folder.write("huge.toml", huge)).error().code == "policy-size");
}

TEST_CASE("keys that nest without end are refused before they are parsed") {
  const TemporaryFolder folder;
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += ".a";
  for (const std::string& text : {deep + " = 1\n", "[" + deep + "]\n", "x = {" + deep + " = 1}\n"}) {
    const auto policy = padproof::verifier::read_policy(folder.write("policy.toml", text));
    REQUIRE_FALSE(policy);
    CHECK(policy.error().code == "policy-depth");
  }
}

TEST_CASE("dots are counted where they nest keys") {
  using padproof::verifier::most_dots_of_a_line;
  CHECK(most_dots_of_a_line("") == 0);
  CHECK(most_dots_of_a_line("a.b.c = 1.5\nd.e = 1") == 3);
  CHECK(most_dots_of_a_line("a = \"...\\\"...\" # ....\nb.c = '\\' # '..") == 1);
  CHECK(most_dots_of_a_line("a = \"\"\"..\n\"..\"\"\"\nb.c = 1") == 1);
  CHECK(most_dots_of_a_line("a = '''..\n'..'''.x.y") == 2);
  CHECK(most_dots_of_a_line("x = {a = \"\"\"b\"\"\"\", c.c.c = 1}") == 2);
  CHECK(most_dots_of_a_line("\"a.b\".c = \"....\n.d") == 1);
}

TEST_CASE("an empty policy is the usual one, and a full one is read whole") {
  const Policy usual = policy_of("");
  CHECK(usual.fail_on == Severity::kError);
  CHECK(usual.severity_of("asymmetric-pads") == Severity::kOff);
  const Policy policy = policy_of(
      "fail-on = \"note\"\n[rules]\nasymmetric-pads = \"warning\"\n[baseline]\nmax-relative = 0\nmin-top1 = "
      "0.5\n[[suppress]]\nrule = \"baked-pads\"\nnode = \"n*\"\nmodel = \"m/*\"\nreason = \"because\"\n");
  CHECK(policy.fail_on == Severity::kNote);
  CHECK(policy.severity_of("asymmetric-pads") == Severity::kWarning);
  CHECK(policy.severity_of("baked-pads") == Severity::kWarning);
  CHECK(policy.max_relative == 0);
  CHECK(policy.min_top1 == 0.5);
  REQUIRE(policy.suppressions.size() == 1);
  CHECK(policy.suppressions[0].reason == "because");
  CHECK(policy.suppressions[0].line == 7);
}

TEST_CASE("suppressions match nodes and models by pattern, and count what they take") {
  struct Row {
    const char* matches;
    const char* suppressed;
  };
  const Row rows[] = {
      {"", "stem_first y "},
      {"node = \"stem_*\"", "stem_first "},
      {"node = \"y\"", "y "},
      {"node = \"first\"", ""},
      {"model = \"m.onnx\"", "stem_first y "},
      {"model = \"legacy/*.onnx\"", "stem_first y "},
      {"model = \"egacy/*.onnx\"", ""},
      {"model = \"/exports/legacy/m.onnx\"", "stem_first y "},
      {"model = \"n.onnx\"", ""},
      {"node = \"[y\"", ""},
  };
  const auto model = two_layers();
  for (const Row& row : rows) {
    CAPTURE(std::string(row.matches));
    const Policy policy =
        policy_of("[[suppress]]\nrule = \"implicit-padding\"\nreason = \"r\"\n" + std::string(row.matches));
    auto findings = padproof::verifier::check_rules(*model.facts, {});
    std::vector<std::size_t> used;
    padproof::verifier::apply(policy, "/exports/legacy/m.onnx", findings, used);
    CHECK(in_state(findings, FindingState::kSuppressed) == row.suppressed);
    const std::string taken = row.suppressed;
    REQUIRE(used.size() == 1);
    CHECK(used[0] == static_cast<std::size_t>(std::count(taken.begin(), taken.end(), ' ')));
    for (const Finding& finding : findings)
      CHECK(finding.reason == (finding.state == FindingState::kSuppressed ? "r" : ""));
  }
}

TEST_CASE("what is off is not told, and what is less severe than fail-on does not break the gate") {
  const auto model = two_layers();
  for (const char* const fail_on : {"note", "warning", "error"}) {
    CAPTURE(std::string(fail_on));
    const Policy policy =
        policy_of("fail-on = \"" + std::string(fail_on) + "\"\n[rules]\nimplicit-padding = \"warning\"\n");
    auto findings = padproof::verifier::check_rules(*model.facts, {});
    std::vector<std::size_t> used;
    padproof::verifier::apply(policy, "m.onnx", findings, used);
    REQUIRE(findings.size() == 4);  // implicit-padding and the note reference-same-conv, twice
    const auto breaking = std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) {
      return padproof::verifier::breaks_gate(policy, finding);
    });
    CHECK(breaking == (policy.fail_on == Severity::kNote ? 4 : policy.fail_on == Severity::kWarning ? 2 : 0));
  }
}
