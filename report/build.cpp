// SPDX-License-Identifier: Apache-2.0
#include "report/build.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "model/graph.h"
#include "model/window_operators.h"

namespace padproof::report {
namespace {

constexpr std::string_view kSchemaVersion = "1.5";
// From best to worst; the order of the contract: 2 over 1 over 3 over 0.
constexpr std::array<std::string_view, 5> kVerdicts = {"none", "proved", "unknown", "refuted", "error"};

template <class Field>
void copy(const std::vector<std::int64_t>& values, Field* field) {
  field->Clear();
  for (const std::int64_t value : values) field->Add(static_cast<std::int32_t>(value));
}

std::string_view to_string(converter::NodeStatus status) {
  switch (status) {
    case converter::NodeStatus::kRewritten:
      return "rewritten";
    case converter::NodeStatus::kUnchanged:
      return "unchanged";
    case converter::NodeStatus::kRefused:
      return "refused";
  }
  return "";
}

void name_node(schemas::Node& node, const model::Graph& graph, const model::Node& source) {
  node.set_name(model::display_name(graph, source));
  node.set_op(model::printable(source.op_type));
  node.set_domain(model::printable(source.domain));
  node.set_graph(graph.path);
}

void set_witness(schemas::Node& node, const verifier::Witness& witness) {
  schemas::Witness& message = *node.mutable_witness();
  copy(witness.window, message.mutable_output_index());
  copy(witness.tap, message.mutable_kernel_index());
  copy(witness.extents, message.mutable_extents());
  message.set_source_cell(witness.source_cell);
  message.set_target_cell(witness.target_cell);
  message.set_source_output(witness.source_output);
  message.set_target_output(witness.target_output);
  message.set_text(witness.text);
}

void set_evidence(schemas::Node& node, const verifier::NodeEvidence& evidence) {
  node.set_evidence(std::string(verifier::to_string(evidence.method)));
  node.set_proof_status(std::string(verifier::to_string(evidence.status)));
  copy(evidence.source_pads, node.mutable_source_pads());
  copy(evidence.target_pads, node.mutable_target_pads());
  if (!evidence.reason.empty() && node.reason().empty()) node.set_reason(model::printable(evidence.reason));
  if (evidence.witness) set_witness(node, *evidence.witness);
}

std::string_view status_of(const verifier::NodeEvidence& evidence) {
  if (evidence.status != verifier::Status::kProved) return "refused";
  switch (evidence.method) {
    case verifier::Method::kIndexMap:
    case verifier::Method::kComposedPad:
    case verifier::Method::kFolded:
      return "rewritten";
    default:
      return "unchanged";
  }
}

// What the source node itself says of its padding; empty for operators without any.
std::string padding_of(const model::Node& node) {
  if (model::find_window_operator(node.domain, node.op_type) == nullptr) return "";
  for (const model::Attribute& attribute : node.attributes) {
    if (attribute.name == "auto_pad") return model::printable(attribute.s);
  }
  return "explicit";
}

}  // namespace

Message make_report(std::string_view command, std::string_view tool_version) {
  Message report;
  report.set_schema_version(std::string(kSchemaVersion));
  report.set_tool_version(std::string(tool_version));
  report.set_command(std::string(command));
  return report;
}

void add_plan(schemas::Model& model, const converter::Plan& plan) {
  for (const converter::NodePlan& entry : plan.nodes) {
    schemas::Node& node = *model.add_nodes();
    name_node(node, *entry.graph, *entry.node);
    node.set_status(std::string(to_string(entry.status)));
    node.set_padding(std::string(converter::to_string(entry.padding)));
    if (entry.resolved) copy(entry.pads, node.mutable_pads());
    copy(entry.kernel_shape, node.mutable_kernel_shape());
    copy(entry.strides, node.mutable_strides());
    copy(entry.dilations, node.mutable_dilations());
    if (!entry.input.empty()) node.set_input(model::printable(model::to_string(entry.input)));
    node.set_reason(model::printable(entry.reason));
    for (const converter::Warning& warning : entry.warnings) {
      schemas::Warning& message = *node.add_warnings();
      message.set_code(warning.code);
      message.set_text(warning.text);
    }
  }
}

void add_evidence(schemas::Model& model, const verifier::Proof& proof) {
  for (const verifier::NodeEvidence& evidence : proof.nodes) {
    schemas::Node& node = *model.add_nodes();
    name_node(node, *evidence.graph, *evidence.source);
    node.set_status(std::string(status_of(evidence)));
    node.set_padding(padding_of(*evidence.source));
    copy(evidence.target_pads, node.mutable_pads());
    set_evidence(node, evidence);
  }
}

void attach_evidence(schemas::Model& model, const converter::Plan& plan, const verifier::Proof& proof) {
  std::unordered_map<const model::Node*, const verifier::NodeEvidence*> evidence;
  for (const verifier::NodeEvidence& entry : proof.nodes) evidence.emplace(entry.source, &entry);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const auto found = evidence.find(plan.nodes[i].node);
    if (found != evidence.end()) set_evidence(*model.mutable_nodes(static_cast<int>(i)), *found->second);
  }
}

void add_proof(schemas::Model& model, const verifier::Proof& proof) {
  schemas::Proof& message = *model.mutable_proof();
  message.set_status(std::string(verifier::to_string(proof.status)));
  const auto count = [&](verifier::Method method) {
    return static_cast<std::int32_t>(
        std::count_if(proof.nodes.begin(), proof.nodes.end(), [&](const verifier::NodeEvidence& entry) {
          return entry.method == method && entry.status == verifier::Status::kProved;
        }));
  };
  message.set_identical(count(verifier::Method::kIdentical) + count(verifier::Method::kTransparent));
  message.set_index_map(count(verifier::Method::kIndexMap));
  message.set_composed_pad(count(verifier::Method::kComposedPad));
  message.set_unreached(count(verifier::Method::kUnreached));
  for (const std::string& problem : proof.problems) message.add_problems(model::printable(problem));
  for (const std::string& assumption : proof.assumptions)
    message.add_assumptions(model::printable(assumption));
}

namespace {

void set_difference(const verifier::ValueDifference& difference, schemas::ValueDifference& message) {
  message.set_value(model::printable(difference.value));
  message.set_kind(difference.kind);
  message.set_elements(difference.elements);
  message.set_differing(difference.differing);
  message.set_on_border(difference.on_border);
  message.set_has_border(difference.has_border);
  message.set_max_absolute(difference.max_absolute);
  message.set_max_relative(difference.max_relative);
  message.set_max_ulps(std::to_string(difference.max_ulps));
  message.set_place(difference.place);
  message.set_source(difference.source);
  message.set_target(difference.target);
  message.set_text(verifier::describe(difference));
}

}  // namespace

void add_execution(schemas::Model& model, const verifier::Execution& execution) {
  if (execution.outcome == verifier::Outcome::kNotAsked) return;
  schemas::Execution& message = *model.mutable_execution();
  message.set_outcome(execution.outcome == verifier::Outcome::kIdentical   ? "identical"
                      : execution.outcome == verifier::Outcome::kDifferent ? "different"
                                                                           : "not-run");
  message.set_samples(static_cast<std::int32_t>(execution.samples));
  message.set_seed(std::to_string(execution.seed));
  message.set_reason(model::printable(execution.reason));
  if (execution.first) {
    message.set_first_node(model::printable(execution.first->node));
    set_difference(*execution.first, *message.mutable_first());
  }
  message.set_nodes_run_once(static_cast<std::int32_t>(execution.nodes_run_once));
  message.set_nodes_run_twice(static_cast<std::int32_t>(execution.nodes_run_twice));
  message.set_output(model::printable(execution.output));
  message.set_has_nan(execution.has_nan);
}

namespace {

void set_diagnostic(schemas::Diagnostic& message, const model::Diagnostic& diagnostic) {
  message.set_code(diagnostic.code);
  message.set_text(model::to_string(diagnostic));
}

}  // namespace

void add_diagnostic(schemas::Model& model, const model::Diagnostic& diagnostic) {
  set_diagnostic(*model.add_diagnostics(), diagnostic);
}

void add_error(Message& report, const model::Diagnostic& diagnostic) {
  set_diagnostic(*report.add_errors(), diagnostic);
}

std::string worse_of(const std::string& left, const std::string& right) {
  const auto rank = [](const std::string& verdict) {
    return std::min(std::find(kVerdicts.begin(), kVerdicts.end(), verdict), kVerdicts.end() - 1);
  };
  return std::string(*std::max(rank(left), rank(right)));
}

void conclude(Message& report) {
  std::string worst(report.errors().empty() ? kVerdicts.front() : "error");
  for (const schemas::Model& model : report.models()) worst = worse_of(worst, model.verdict());
  // Not all models of a batch need be listed.
  if (report.has_batch() && !report.batch().verdict().empty())
    worst = worse_of(worst, report.batch().verdict());
  report.set_verdict(worst);
}

int exit_code(const Message& report, bool allow_unknown) {
  if (report.verdict() == "error") return 2;
  if (report.verdict() == "refuted") return 1;
  if (report.verdict() == "unknown") return allow_unknown ? 0 : 3;
  return 0;
}

}  // namespace padproof::report
