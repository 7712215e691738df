// SPDX-License-Identifier: Apache-2.0
#include "report/concerns.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/digest.h"

namespace padproof::report {
namespace {

class Collector {
 public:
  Collector(const Message& report, const schemas::Model& model) : report_(report), model_(model) {}

  std::vector<Concern> run() {
    for (const auto& finding : model_.findings()) add(finding);
    for (const auto& node : model_.nodes()) add(node);
    if (report_.command() == "diff") add_layers();
    if (model_.execution().outcome() == "different")
      fail("outputs-differ", "error", difference_of(model_.execution()));
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

  static void place_in_target(Concern& concern, const schemas::Layer& layer) {
    place(concern, layer);
    concern.in_target = true;
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
        return layer.pads().empty() ? "of open size" : fmt::format("{}", fmt::join(layer.pads(), ","));
      };
      place(fail(differs ? "padding-differs" : "not-proved", differs ? "error" : "warning",
                 fmt::format("{}: pads {} in the source, {} in the target's '{}'", pair.reason(),
                             pads(pair.source()), pads(pair.target()), pair.target().name())),
            pair.source());
    }
    for (const auto& layer : model_.alignment().left_source())
      place(fail("layer-left-over", "warning", "no counterpart in the target"), layer);
    for (const auto& layer : model_.alignment().left_target())
      place_in_target(
          fail("layer-left-over", "warning", "of the target, without a counterpart in the source"), layer);
  }

  void add(const schemas::Comparison& comparison) {
    if (comparison.outcome() == "beyond")
      fail("beyond-expected", "error",
           fmt::format("value '{}' of {} lies beyond what was expected", comparison.first().value(),
                       comparison.first().node()));
    else if (comparison.outcome() == "unknown")
      fail("not-proved", "warning", comparison.reason());
  }

  static std::string difference_of(const schemas::Execution& execution) {
    const std::string text = "output " + execution.output();
    return execution.has_first() ? fmt::format("{}; the first value that differs is '{}', of {}", text,
                                               execution.first().value(), execution.first_node())
                                 : text;
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
      concern.fingerprint =
          model::sha256_of(concern.rule + (concern.in_target ? " of the target" : "") + '\0' + concern.graph +
                           '\0' + concern.node + (concern.node.empty() ? '\0' + concern.text : ""));
  return concerns;
}

std::string sentence(const Concern& concern) {
  if (concern.node.empty()) return concern.text;
  const std::string graph = concern.graph.empty() || concern.graph == "main" ? "" : " in " + concern.graph;
  return fmt::format("{} '{}'{}: {}", concern.op, concern.node, graph, concern.text);
}

}  // namespace padproof::report
