// SPDX-License-Identifier: Apache-2.0
#include "report/concerns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/digest.h"
#include "verifier/gate/rule.h"

namespace padproof::report {
namespace {

struct OtherRule {
  std::string_view id;
  std::string_view summary;
};

// Of the commands that have no policy. The warnings of convert and inspect have the ids of the gate's rules.
constexpr std::array kOtherRules = {
    OtherRule{"beyond-expected", "a value further from what was expected than rounding explains"},
    OtherRule{"bound-size-only", "pads that hold for the size given with --input-shape only"},
    OtherRule{"layer-left-over", "a layer of one model without a counterpart in the other"},
    OtherRule{"not-converted", "a node whose padding could not be made explicit"},
    OtherRule{"not-proved", "something that could not be proved equal"},
    OtherRule{"outputs-differ", "two models that compute different outputs"},
    OtherRule{"padding-differs", "a layer that pads otherwise in the other model"},
    OtherRule{"refuted", "two nodes that do not compute the same"},
    OtherRule{"rests-on-value-info",
              "pads that rest on a shape which the file records and the operators do not confirm"},
    OtherRule{"unreadable-model", "a model that could not be worked on"},
};

class Collector {
 public:
  Collector(const Message& report, const schemas::Model& model) : report_(report), model_(model) {}

  std::vector<Concern> run() {
    for (const auto& finding : model_.findings()) add(finding);
    for (const auto& node : model_.nodes()) add(node);
    if (report_.command() == "diff") add_layers();
    if (model_.execution().outcome() == "different")
      fail("outputs-differ", "error",
           fmt::format("output '{}' differs: {}", model_.execution().output(),
                       model_.execution().first().text()));
    for (const auto& comparison : model_.comparisons()) add(comparison);
    const bool is_unreadable = model_.verdict() == "error" || model_.verdict() == "unknown";
    for (const auto& diagnostic : model_.diagnostics())
      fail(is_unreadable ? "unreadable-model" : "not-proved", is_unreadable ? "error" : "warning",
           diagnostic.text());
    for (const std::string& problem : model_.proof().problems()) fail("not-proved", "warning", problem);
    add_verdict();
    return std::move(concerns_);
  }

 private:
  Concern& add(std::string rule, std::string level, std::string text) {
    Concern& concern = concerns_.emplace_back();
    concern.rule = std::move(rule);
    concern.level = std::move(level);
    concern.text = std::move(text);
    return concern;
  }

  Concern& fail(std::string rule, std::string level, std::string text) {
    Concern& concern = add(std::move(rule), std::move(level), std::move(text));
    concern.fails = true;
    return concern;
  }

  template <class Named>
  static void place(Concern& concern, const Named& named) {
    concern.node = named.name();
    concern.op = named.op();
    concern.graph = named.graph();
  }

  void add(const schemas::Finding& finding) {
    Concern& concern = add(finding.rule(), finding.severity(), finding.text());
    concern.node = finding.node();
    concern.op = finding.op();
    concern.graph = finding.graph();
    concern.state = finding.state();
    concern.reason = finding.reason();
    concern.fingerprint = finding.fingerprint();
    concern.byte_offset = finding.byte_offset();
    concern.byte_length = finding.byte_length();
    concern.fails = finding.breaks();
  }

  void add(const schemas::Node& node) {
    for (const auto& warning : node.warnings()) place(add(warning.code(), "note", warning.text()), node);
    const std::string text =
        node.has_witness() ? node.reason() + ": " + node.witness().text() : node.reason();
    if (node.proof_status() == "refuted")
      place(fail("refuted", "error", text), node);
    else if (node.proof_status() == "unknown")
      place(fail("not-proved", "warning", text), node);
    else if (node.status() == "refused")
      place(fail("not-converted", "warning", text), node);
  }

  void add_layers() {
    for (const auto& pair : model_.alignment().layers()) {
      if (pair.status() == "same") continue;
      const bool differs = pair.status() == "different";
      const auto pads = [](const schemas::Layer& layer) {
        return fmt::format("{}", fmt::join(layer.pads(), ","));
      };
      place(fail(differs ? "padding-differs" : "not-proved", differs ? "error" : "warning",
                 fmt::format("{}: pads {} in the source, {} in the target's '{}'", pair.reason(),
                             pads(pair.source()), pads(pair.target()), pair.target().name())),
            pair.source());
    }
    for (const auto& layer : model_.alignment().left_source())
      place(fail("layer-left-over", "warning", "no counterpart in the target"), layer);
    for (const auto& layer : model_.alignment().left_target())
      place(fail("layer-left-over", "warning", "of the target, without a counterpart in the source"), layer);
  }

  void add(const schemas::Comparison& comparison) {
    if (comparison.outcome() == "beyond")
      fail("beyond-expected", "error",
           fmt::format("value '{}' of {} lies beyond what was expected", comparison.first().value(),
                       comparison.first().node()));
    else if (comparison.outcome() == "unknown")
      fail("not-proved", "warning", comparison.reason());
  }

  // A verdict that nothing above explains.
  void add_verdict() {
    const std::string& verdict = model_.verdict();
    const bool is_bad = verdict == "refuted" || verdict == "unknown" || verdict == "error";
    const bool is_told =
        std::any_of(concerns_.begin(), concerns_.end(), [](const auto& each) { return each.fails; });
    if (!is_bad || is_told) return;
    fail(verdict == "refuted"   ? "refuted"
         : verdict == "unknown" ? "not-proved"
                                : "unreadable-model",
         verdict == "unknown" ? "warning" : "error", model_.reason());
  }

  const Message& report_;
  const schemas::Model& model_;
  std::vector<Concern> concerns_;
};

}  // namespace

std::vector<Concern> concerns_of(const Message& report, const schemas::Model& model) {
  auto concerns = Collector(report, model).run();
  for (Concern& concern : concerns)
    if (concern.fingerprint.empty())
      concern.fingerprint = model::sha256_of(concern.rule + '\0' + concern.graph + '\0' + concern.node +
                                             (concern.node.empty() ? '\0' + concern.text : ""));
  return concerns;
}

std::vector<schemas::Rule> rules_of(const Message& report) {
  std::vector<schemas::Rule> rules(report.rules().begin(), report.rules().end());
  for (const OtherRule& other : kOtherRules) {
    schemas::Rule& rule = rules.emplace_back();
    rule.set_id(std::string(other.id));
    rule.set_severity("error");
    rule.set_summary(std::string(other.summary));
  }
  if (report.rules().empty())
    for (const verifier::GateRule& gate : verifier::gate_rules()) {
      schemas::Rule& rule = rules.emplace_back();
      rule.set_id(std::string(gate.id));
      rule.set_severity("note");
      rule.set_summary(std::string(gate.summary));
      rule.set_why(std::string(gate.why));
      rule.set_fix(std::string(gate.fix));
    }
  return rules;
}

std::string sentence(const Concern& concern) {
  if (concern.node.empty()) return concern.text;
  const std::string graph = concern.graph.empty() || concern.graph == "main" ? "" : " in " + concern.graph;
  return fmt::format("{} '{}'{}: {}", concern.op, concern.node, graph, concern.text);
}

}  // namespace padproof::report
