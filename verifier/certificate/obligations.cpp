// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/obligations.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "model/locate.h"
#include "verifier/certificate/canonical.h"
#include "verifier/certificate/node_pairs.h"
#include "verifier/proof/window_obligation.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::GraphInstance;
using model::Node;
using model::Result;

constexpr int kEverySize = -1;
constexpr std::int64_t kLargeExtent = std::int64_t{1} << 20;
constexpr std::string_view kMappedAttributes[] = {"auto_pad",          "pads",           "kernel_shape",
                                                  "strides",           "dilations",      "ceil_mode",
                                                  "count_include_pad", "output_padding", "output_shape"};

enum class AttributeChange { kNone, kMapped, kOther };

// As bytes: the checker does not know that two spellings of a number are one. Graphs are gone into.
AttributeChange difference_of(const Node& source, const Node& target) {
  AttributeChange difference = AttributeChange::kNone;
  for (const Node* node : {&source, &target}) {
    const Node& other = node == &source ? target : source;
    for (const model::Attribute& mine : node->attributes) {
      // As they stand: an attribute of the function's caller is the same where its name is.
      const auto theirs = std::find_if(other.attributes.begin(), other.attributes.end(),
                                       [&](const model::Attribute& each) { return each.name == mine.name; });
      if (theirs != other.attributes.end() && (mine.message == theirs->message || !mine.graphs.empty()))
        continue;
      const bool is_mapped = std::find(std::begin(kMappedAttributes), std::end(kMappedAttributes),
                                       mine.name) != std::end(kMappedAttributes);
      if (!is_mapped || !window_operator(source.domain, source.op_type)) return AttributeChange::kOther;
      difference = AttributeChange::kMapped;
    }
  }
  return difference;
}

model::Diagnostic other_form(std::string what) {
  return {model::Fault::kUnsupported, "certificate-form", std::move(what), {}, {}, {}};
}

// Pad nodes in front are nodes like any other.
FoldedPads unfolded(const GraphInstance& instance, const Node& node, const WindowOperator& meaning) {
  FoldedPads pads;
  pads.data = input_place(instance, node, meaning.data_input, ignore_passed);
  return pads;
}

std::string padding_of(const WindowSide& side) {
  const model::Attributes attributes(side.node, side.instance.attribute_scope());
  return certified_text(attributes.string_or("auto_pad", "explicit"));
}

std::string pad_value_of(const WindowSide& side) {
  if (side.meaning.kind == WindowKind::kMaxPool) return "lowest";
  return side.node.op_type == "ConvInteger" || side.node.op_type == "QLinearConv" ? "zero-point" : "zero";
}

/// The spatial extents of the data; rank unknown: nothing.
std::optional<model::Shape> spatial_extents(const WindowSide& side) {
  if (side.pads.data.is_absent()) return std::nullopt;
  const auto& shape = side.pads.data.facts().shape;
  if (!shape || shape->size() < 3) return std::nullopt;
  return model::Shape(shape->begin() + 2, shape->end());
}

// The checker compares tap by tap; a pool may read the same cells at other ones.
Result<void> require_same_taps(const WindowSide& source, const Window& target, const Dims& core) {
  const auto window = resolve_side(source, core);
  if (!window) return Error(window.error());
  for (std::size_t i = 0; i < core.size(); ++i) {
    const WindowAxis& mine = window->axes[i];
    const WindowAxis& theirs = target.axes[i];
    const bool is_window_alike = mine.kernel == theirs.kernel && mine.stride == theirs.stride &&
                                 mine.dilation == theirs.dilation && mine.pad_begin == theirs.pad_begin;
    if (!is_window_alike && !source.meaning.weight_input)
      return Error(other_form("the window reads its cells at other taps"));
  }
  return {};
}

Result<void> add_axes(const WindowSide& source, const WindowSide& target, schemas::WindowClaim& claim) {
  const auto extents = spatial_extents(source);
  if (!extents) return model::unsupported("certificate-form", "the data's rank is not known");
  const auto probe = resolve_side(target, Dims(extents->size(), kLargeExtent));
  if (!probe) return Error(probe.error());
  Dims core;
  for (std::size_t i = 0; i < extents->size(); ++i) {
    const std::int64_t stride = probe->axes[i].stride;
    core.push_back((*extents)[i].constant().value_or(kLargeExtent / stride * stride));
  }
  const auto window = resolve_side(target, core);
  if (!window) return Error(window.error());
  if (auto same = require_same_taps(source, *window, core); !same) return same;
  for (std::size_t i = 0; i < core.size(); ++i) {
    const WindowAxis& axis = window->axes[i];
    const bool is_open = !(*extents)[i].is_constant();
    schemas::AxisClaim& numbers = *claim.add_axes();
    numbers.set_extent(is_open ? kEverySize : static_cast<int>(core[i]));
    numbers.set_kernel(static_cast<int>(axis.kernel));
    numbers.set_stride(static_cast<int>(axis.stride));
    numbers.set_dilation(static_cast<int>(axis.dilation));
    numbers.set_pad_begin(static_cast<int>(axis.pad_begin));
    numbers.set_pad_end(static_cast<int>(axis.pad_end));
    numbers.set_out(is_open ? kEverySize : static_cast<int>(axis.out));
  }
  if (window->kind == WindowKind::kAveragePool)
    claim.set_divisor(window->count_include_pad ? "cells-and-pads" : "cells");
  return {};
}

class Obligations {
 public:
  Obligations(const CertifiedPair& pair, schemas::Certificate& certificate)
      : pair_(pair), certificate_(certificate) {}

  Result<void> run() {
    for (schemas::CertifiedNode& node : *certificate_.mutable_nodes()) {
      const auto differs =
          visit({pair_.source_facts, pair_.target_facts, "main"}, node.source(), node.target());
      if (!differs) return Error(differs.error());
      if (*differs) node.set_method(std::string(to_string(Method::kIndexMap)));
    }
    return {};
  }

 private:
  struct Graphs {
    const GraphInstance& source;
    const GraphInstance& target;
    std::string path;
  };

  /// Whether the two are windows that differ.
  Result<bool> visit(const Graphs& graphs, int source_index, int target_index) {
    const Node& source = graphs.source.graph->nodes[static_cast<std::size_t>(source_index)];
    const Node& target = graphs.target.graph->nodes[static_cast<std::size_t>(target_index)];
    const AttributeChange difference = difference_of(source, target);
    if (difference == AttributeChange::kOther)
      return model::at_node(other_form("the two models spell the node's attributes differently"),
                            *graphs.source.graph, source);
    if (difference == AttributeChange::kMapped) {
      const auto done = compare(graphs, source, target);
      if (!done) return model::at_node(done.error(), *graphs.source.graph, source);
      return true;
    }
    for (const model::Attribute& attribute : source.attributes) {
      if (attribute.graphs.empty()) continue;
      if (auto done = visit_child(graphs, source, target, attribute.name); !done) return Error(done.error());
    }
    // The body of the function that it calls.
    if (auto done = visit_child(graphs, source, target, ""); !done) return Error(done.error());
    return false;
  }

  Result<void> visit_child(const Graphs& graphs, const Node& source, const Node& target,
                           std::string_view attribute) {
    const GraphInstance* child = graphs.source.child(source, attribute);
    if (child == nullptr) return {};
    const GraphInstance* other = graphs.target.child(target, attribute);
    if (other == nullptr || !are_laid_out_alike(*child->graph, *other->graph))
      return Error(other_form("subgraphs are laid out differently"));
    const std::string name = attribute.empty() ? "()" : "." + certified_text(attribute);
    const Graphs inner{*child, *other, fmt::format("{}/{}{}", graphs.path, source.index, name)};
    for (int index = 0; index < static_cast<int>(inner.source.graph->nodes.size()); ++index) {
      auto done = visit(inner, index, index);
      if (!done) return Error(done.error());
    }
    return {};
  }

  Result<void> compare(const Graphs& graphs, const Node& source_node, const Node& target_node) {
    const WindowOperator meaning = *window_operator(source_node.domain, source_node.op_type);
    const WindowSide source{graphs.source, source_node, meaning,
                            unfolded(graphs.source, source_node, meaning)};
    const WindowSide target{graphs.target, target_node, meaning,
                            unfolded(graphs.target, target_node, meaning)};
    schemas::WindowClaim& claim = *certificate_.add_obligations();
    claim.set_graph(graphs.path);
    claim.set_source(static_cast<int>(source_node.index));
    claim.set_target(static_cast<int>(target_node.index));
    claim.set_name(certified_text(source_node.name));
    claim.set_op(certified_text(source_node.op_type));
    claim.set_method(std::string(to_string(Method::kIndexMap)));
    claim.set_source_padding(padding_of(source));
    claim.set_target_padding(padding_of(target));
    claim.set_pad_value(pad_value_of(target));
    claim.set_status(std::string(to_string(Status::kProved)));
    return add_axes(source, target, claim);
  }

  const CertifiedPair& pair_;
  schemas::Certificate& certificate_;
};

}  // namespace

Result<void> certify_obligations(const CertifiedPair& pair, schemas::Certificate& certificate) {
  return Obligations(pair, certificate).run();
}

}  // namespace padproof::verifier
