// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/obligations.h"

#include <fmt/format.h>

#include "model/locate.h"
#include "verifier/certificate/canonical.h"
#include "verifier/proof/attribute_equality.h"
#include "verifier/proof/window_obligation.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::GraphInstance;
using model::Node;
using model::Result;

constexpr int kEverySize = -1;
constexpr std::int64_t kLargeExtent = std::int64_t{1} << 20;
const auto kPassOver = [](const model::Attribute&, const model::Attribute&) {};

bool has_same_attributes(const WindowSide& source, const WindowSide& target) {
  return source.instance.opset_of(source.node) == target.instance.opset_of(target.node) &&
         attribute_difference({source.node, source.instance.attribute_scope()},
                              {target.node, target.instance.attribute_scope()}, {}, kPassOver)
             .empty();
}

// Pads that both have alike stay nodes of their own.
bool leave_same_pads(WindowSide& source, WindowSide& target) {
  if (source.pads.nodes.size() != target.pads.nodes.size() || source.pads.before != target.pads.before ||
      source.pads.after != target.pads.after)
    return false;
  for (WindowSide* side : {&source, &target}) {
    side->pads.nodes.clear();
    side->pads.data = input_place(side->instance, side->node, side->meaning.data_input, ignore_passed);
  }
  return true;
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
    for (const schemas::CertifiedNode& node : certificate_.nodes()) {
      if (node.source() < 0 || node.target() < 0) continue;
      auto done = visit({pair_.source_facts, pair_.target_facts, "main"}, node.source(), node.target());
      if (!done) return done;
    }
    return {};
  }

 private:
  struct Graphs {
    const GraphInstance& source;
    const GraphInstance& target;
    std::string path;
  };

  Result<void> visit(const Graphs& graphs, int source_index, int target_index) {
    const Node& source = graphs.source.graph->nodes[static_cast<std::size_t>(source_index)];
    const Node& target = graphs.target.graph->nodes[static_cast<std::size_t>(target_index)];
    const auto meaning = window_operator(source.domain, source.op_type);
    if (meaning && source.op_type == target.op_type && !model::find_function(pair_.source, source)) {
      auto done = compare(graphs, source, target, *meaning);
      if (!done) return model::at_node(done.error(), *graphs.source.graph, source);
      return done;
    }
    for (const GraphInstance::Child& child : graphs.source.children) {
      if (child.holder != &source) continue;
      const GraphInstance* other = graphs.target.child(target, child.attribute);
      if (other == nullptr || other->graph->nodes.size() != child.instance->graph->nodes.size())
        return model::unsupported("certificate-form", "subgraphs are laid out differently");
      const std::string name = child.attribute.empty() ? "()" : "." + certified_text(child.attribute);
      const Graphs inner{*child.instance, *other, fmt::format("{}/{}{}", graphs.path, source_index, name)};
      for (const std::uint32_t index : inner.source.graph->order) {
        auto done = visit(inner, static_cast<int>(index), static_cast<int>(index));
        if (!done) return done;
      }
    }
    return {};
  }

  Result<void> compare(const Graphs& graphs, const Node& source_node, const Node& target_node,
                       const WindowOperator& meaning) {
    WindowSide source{graphs.source, source_node, meaning, fold_pads(graphs.source, source_node, meaning)};
    WindowSide target{graphs.target, target_node, meaning, fold_pads(graphs.target, target_node, meaning)};
    const bool same_pads = leave_same_pads(source, target);
    if (same_pads && has_same_attributes(source, target)) return {};
    schemas::WindowClaim& claim = *certificate_.add_obligations();
    claim.set_graph(graphs.path);
    claim.set_source(static_cast<int>(source_node.index));
    claim.set_target(static_cast<int>(target_node.index));
    claim.set_name(certified_text(source_node.name));
    claim.set_op(certified_text(source_node.op_type));
    claim.set_method(std::string(to_string(same_pads ? Method::kIndexMap : Method::kComposedPad)));
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
