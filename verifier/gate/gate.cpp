// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "verifier/gate/predicates.h"

namespace padproof::verifier {
namespace {

Finding finding_at(std::string_view rule, const model::Graph* graph, const model::Node* node, Breach breach) {
  Finding finding;
  finding.rule = rule;
  finding.graph = graph;
  finding.node = node;
  finding.text = std::move(breach.text);
  finding.content = std::move(breach.content);
  return finding;
}

/// About the model as a whole: its text is what it is known by.
Finding finding_of_model(std::string_view rule, std::string text) {
  return finding_at(rule, nullptr, nullptr, {std::move(text), {}});
}

void find_negative_pads(const model::Graph& graph, std::vector<Finding>& findings) {
  for (const model::Node& node : graph.nodes) {
    for (const model::Attribute& attribute : node.attributes) {
      for (const auto& inner : attribute.graphs) find_negative_pads(*inner, findings);
      const bool is_negative =
          std::any_of(attribute.ints.begin(), attribute.ints.end(), [](std::int64_t pad) { return pad < 0; });
      if (attribute.name == "pads" && is_negative && window_operator(node.domain, node.op_type))
        findings.push_back(
            finding_at("negative-pads", &graph, &node, *breach_of("pads=" + text_of(attribute.ints))));
    }
  }
}

std::string name_of(const LayerSide& side) {
  return fmt::format("{} '{}'", model::printable(side.node->op_type),
                     model::display_name(*side.graph, *side.node));
}

std::string pads_text(const LayerSide& side) {
  std::string text = side.pads.empty() ? "pads that depend on an open extent" : "pads " + text_of(side.pads);
  if (!side.conventions.empty()) text += fmt::format(" ({})", to_string(side.conventions.front()));
  return text;
}

/// Operator, pads and windows of either side: where they stay the difference is the same one.
std::string content_of(const LayerSide& side) {
  std::string text = fmt::format("{} {}", side.node->op_type, text_of(side.pads));
  if (side.window)
    for (const WindowAxis& axis : side.window->axes)
      text += fmt::format(" {}/{}/{}", axis.kernel, axis.stride, axis.dilation);
  return text + (side.has_other_value ? " other value" : "");
}

std::string content_of(const LayerDifference& layer) {
  return content_of(layer.target) + " in the baseline " + content_of(layer.source);
}

void compare_values(const DiffNumbers& numbers, const Policy& policy, std::vector<Finding>& findings) {
  // A limit breaks no rule: it leaves the verdict open.
  if (!numbers.reason.empty() && !numbers.reached_limit)
    findings.push_back(finding_of_model("baseline-values", "not run: " + model::printable(numbers.reason)));
  for (const OutputNumbers& output : numbers.outputs) {
    const std::string name = model::printable(output.target);
    // Differences that are no numbers are beyond any threshold.
    if (!(output.max_absolute <= policy.max_relative * output.largest))
      findings.push_back(finding_of_model(
          "baseline-values",
          fmt::format("output '{}' moves by {:.3g} where its largest value is {:.3g}: more than {:.3g} of it",
                      name, output.max_absolute, output.largest, policy.max_relative)));
    const auto rows = static_cast<double>(output.rows);
    if (output.rows > 0 && static_cast<double>(output.same_top1) < policy.min_top1 * rows)
      findings.push_back(finding_of_model(
          "baseline-values",
          fmt::format("output '{}' keeps the best class in {} of {} rows: less than {:.3g} of them", name,
                      output.same_top1, output.rows, policy.min_top1)));
  }
}

}  // namespace

std::vector<Finding> check_text(const model::Model& model) {
  std::vector<Finding> findings;
  find_negative_pads(*model.graph, findings);
  for (const model::Function& function : model.functions) find_negative_pads(*function.body, findings);
  return findings;
}

std::vector<Finding> check_rules(const model::GraphInstance& facts,
                                 const std::vector<model::Diagnostic>& contradictions, WeightScan* scan) {
  std::vector<Finding> findings;
  // A function's node is seen once per call, a finding told once.
  std::set<std::pair<const model::Node*, std::string_view>> told;
  for (const Layer& layer : layers_of(facts)) {
    const WindowCase window(layer, scan);
    for (const GateRule& rule : gate_rules()) {
      if (rule.broken_by == nullptr || told.contains({layer.node, rule.id})) continue;
      auto breach = rule.broken_by(window);
      if (!breach) continue;
      told.emplace(layer.node, rule.id);
      findings.push_back(finding_at(rule.id, layer.instance->graph, layer.node, std::move(*breach)));
    }
  }
  for (const UnreadNode& unread : unread_windows(facts))
    if (told.emplace(unread.node, "unread-padding").second)
      findings.push_back(finding_at(
          "unread-padding", unread.graph, unread.node,
          *breach_of(fmt::format("operator {} of domain '{}'", model::printable(unread.node->op_type),
                                 model::printable(unread.node->domain)))));
  std::set<std::string> texts;
  for (const model::Diagnostic& stale : contradictions) {
    const std::string text = fmt::format("{} (declared {}, computed {})", stale.what, stale.got, stale.limit);
    if (texts.insert(text).second) findings.push_back(finding_of_model("stale-value-info", text));
  }
  return findings;
}

std::vector<Finding> check_baseline(const PaddingDiff& diff, const DiffNumbers* numbers,
                                    const Policy& policy) {
  std::vector<Finding> findings;
  for (const LayerDifference& layer : diff.layers) {
    if (layer.status == Status::kProved) continue;
    const bool is_refuted = layer.status == Status::kRefuted;
    Breach breach{fmt::format("{}, in the baseline {}: {}", pads_text(layer.target), pads_text(layer.source),
                              model::printable(layer.reason)),
                  content_of(layer)};
    findings.push_back(finding_at(is_refuted ? "baseline-padding" : "baseline-unaligned", layer.target.graph,
                                  layer.target.node, std::move(breach)));
  }
  for (const LayerSide& side : diff.left_target)
    findings.push_back(
        finding_at("baseline-unaligned", side.graph, side.node, {"no counterpart in the baseline", {}}));
  for (const LayerSide& side : diff.left_source)
    findings.push_back(finding_of_model(
        "baseline-unaligned", fmt::format("{} of the baseline has no counterpart here", name_of(side))));
  if (numbers != nullptr) compare_values(*numbers, policy, findings);
  return findings;
}

bool breaks_gate(const Policy& policy, const Finding& finding) {
  return finding.state == FindingState::kNew && finding.severity >= policy.fail_on;
}

}  // namespace padproof::verifier
