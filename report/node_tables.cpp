// SPDX-License-Identifier: Apache-2.0
#include "report/node_tables.h"

#include <fmt/format.h>

namespace padproof::report {
namespace {

using schemas::Model;
using schemas::Node;

// Nothing is rewritten by looking.
std::string inspected(const std::string& status) {
  return status == "rewritten" ? "implicit" : status == "unchanged" ? "explicit" : "unresolved";
}

bool dilated(const Node& node) {
  for (const auto dilation : node.dilations()) {
    if (dilation != 1) return true;
  }
  return false;
}

}  // namespace

Table windows_table(const Model& model, bool inspecting) {
  Table table({"node", "op", "kernel", "strides", "dilations", "input", "padding", "pads t/l/b/r", "status",
               "graph"});
  for (const Node& node : model.nodes()) {
    table.add({{node.name(), ""},
               {node.op(), ""},
               {joined(node.kernel_shape(), "x"), ""},
               {joined(node.strides(), "x"), ""},
               {dilated(node) ? joined(node.dilations(), "x") : "", ""},
               {node.input(), ""},
               {node.padding(), ""},
               {node.pads().empty() ? "?" : joined(node.pads(), "/"), kBold},
               {inspecting ? inspected(node.status()) : node.status(), style_of(node.status())},
               {node.graph() == "main" ? "" : node.graph(), kDim}});
  }
  return table;
}

Table pairs_table(const Model& model) {
  Table table({"node", "op", "padding", "source pads", "target pads", "evidence", "verdict"});
  for (const Node& node : model.nodes()) {
    const bool plain = node.proof_status() == "proved" && node.evidence() != "index-map" &&
                       node.evidence() != "composed-pad" && node.evidence() != "folded";
    if (plain) continue;
    table.add({{node.name(), ""},
               {node.op(), ""},
               {node.padding(), ""},
               {joined(node.source_pads(), "/"), kBold},
               {joined(node.target_pads(), "/"), kBold},
               {node.evidence(), ""},
               {node.proof_status(), style_of(node.proof_status())}});
  }
  return table;
}

Table outputs_table(const Model& model) {
  Table table({"output", "type", "shape", "least", "greatest", "mean"});
  for (const auto& tensor : model.outputs()) {
    table.add({{tensor.name(), ""},
               {tensor.dtype(), ""},
               {tensor.shape(), ""},
               {fmt::format("{:.6g}", tensor.least()), ""},
               {fmt::format("{:.6g}", tensor.greatest()), ""},
               {fmt::format("{:.6g}", tensor.mean()), ""}});
  }
  return table;
}

}  // namespace padproof::report
