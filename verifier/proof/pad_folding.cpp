// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/pad_folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "verifier/proof/pad_layout.h"
#include "verifier/proof/uniform_value.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::GraphInstance;
using model::Node;

// Everybody may read the end of a chain of Pads: what is beyond so many stays.
constexpr std::size_t kMostPads = 100;

std::optional<double> number_or_zero(const Place& place) {
  return place.is_absent() ? 0.0 : uniform_value(place);
}

std::optional<double> least_value(DataType dtype) {
  switch (dtype) {
    case DataType::kFloat:
    case DataType::kDouble:
    case DataType::kFloat16:
    case DataType::kBfloat16:
      return -std::numeric_limits<double>::infinity();
    case DataType::kInt8:
      return std::numeric_limits<std::int8_t>::min();
    case DataType::kUint8:
      return 0.0;
    default:
      return std::nullopt;
  }
}

// What the window reads where it reads padding.
std::optional<double> window_pad_value(const GraphInstance& instance, const Node& node,
                                       const WindowOperator& meaning, DataType dtype) {
  if (meaning.kind == WindowKind::kMaxPool) return least_value(dtype);
  const bool quantised = node.op_type == "ConvInteger" || node.op_type == "QLinearConv";
  if (!quantised) return 0.0;
  return number_or_zero(input_place(instance, node, 2, ignore_passed));
}

struct PadRequest {
  std::vector<std::int64_t> pads;  // begin per axis, end per axis, all axes
  std::optional<double> value;
};

// Pads given for some axes only (Pad-18), spread over all of them.
std::optional<std::vector<std::int64_t>> spread(const std::vector<std::int64_t>& pads,
                                                const std::vector<model::Extent>& axes, std::size_t rank) {
  if (pads.size() != 2 * axes.size()) return std::nullopt;
  std::vector<std::int64_t> all(2 * rank, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].is_constant()) return std::nullopt;
    const std::int64_t axis =
        axes[i].value() < 0 ? axes[i].value() + static_cast<std::int64_t>(rank) : axes[i].value();
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) return std::nullopt;
    all[static_cast<std::size_t>(axis)] += pads[i];
    all[static_cast<std::size_t>(axis) + rank] += pads[i + axes.size()];
  }
  return all;
}

/// Begin per axis, then end per axis; nothing if not all are known.
std::optional<std::vector<std::int64_t>> read_amounts(const GraphInstance& instance, const Node& node,
                                                      std::size_t rank) {
  const model::Attributes attributes(node, instance.attribute_scope());
  const std::int64_t opset = instance.opset_of(node);
  const auto if_complete = [&](std::vector<std::int64_t> pads) {
    return pads.size() == 2 * rank ? std::optional(std::move(pads)) : std::nullopt;
  };
  if (opset < 11) return if_complete(attributes.ints(opset < 2 ? "paddings" : "pads"));
  const Place amounts = input_place(instance, node, 1, ignore_passed);
  if (amounts.is_absent() || !amounts.facts().contents) return std::nullopt;
  std::vector<std::int64_t> pads;
  for (const model::Extent& pad : *amounts.facts().contents) {
    if (!pad.is_constant()) return std::nullopt;
    pads.push_back(pad.value());
  }
  const Place axes = input_place(instance, node, 3, ignore_passed);
  if (axes.is_absent()) return if_complete(std::move(pads));
  if (!axes.facts().contents) return std::nullopt;
  return spread(pads, *axes.facts().contents, rank);
}

std::optional<double> read_value(const GraphInstance& instance, const Node& node) {
  if (instance.opset_of(node) < 11)
    return model::Attributes(node, instance.attribute_scope()).float_or("value", 0.0F);
  return number_or_zero(input_place(instance, node, 2, ignore_passed));
}

std::string mode_of(const GraphInstance& instance, const Node& node) {
  return std::string(model::Attributes(node, instance.attribute_scope()).string_or("mode", "constant"));
}

std::optional<PadRequest> read_pad(const GraphInstance& instance, const Node& node, std::size_t rank) {
  if (mode_of(instance, node) != "constant") return std::nullopt;
  auto amounts = read_amounts(instance, node, rank);
  if (!amounts) return std::nullopt;
  return PadRequest{std::move(*amounts), read_value(instance, node)};
}

/// Along the axes of the window; nothing if it adds cells along others.
std::optional<std::vector<std::int64_t>> in_order_of(const WayUp& way,
                                                     const std::vector<std::int64_t>& pads) {
  std::vector<std::int64_t> left = pads;
  std::vector<std::int64_t> ordered(2 * way.axes.size(), 0);
  for (std::size_t i = 0; i < way.axes.size(); ++i) {
    if (way.axes[i] == kNoAxis) continue;
    std::swap(ordered[i], left[way.axes[i]]);
    std::swap(ordered[i + way.axes.size()], left[way.axes[i] + way.rank]);
  }
  const bool is_all = std::all_of(left.begin(), left.end(), [](std::int64_t pad) { return pad == 0; });
  return is_all ? std::optional(std::move(ordered)) : std::nullopt;
}

bool pads_space_only(const std::vector<std::int64_t>& pads, std::size_t rank) {
  for (std::size_t i = 0; i < pads.size(); ++i) {
    if (pads[i] < 0 || pads[i] >= kMaxWindowNumber) return false;
    if (i % rank < 2 && pads[i] != 0) return false;
  }
  return true;
}

void add_part(const PadRequest& request, std::size_t rank, FoldedPads& folded) {
  PadPart part;
  part.value = *request.value;
  for (std::size_t i = 2; i < rank; ++i) {
    part.before.push_back(request.pads[i]);
    part.after.push_back(request.pads[i + rank]);
    folded.before[i - 2] += part.before.back();
    folded.after[i - 2] += part.after.back();
  }
  const bool adds_cells =
      std::any_of(request.pads.begin(), request.pads.end(), [](std::int64_t pad) { return pad != 0; });
  if (adds_cells && part.value != folded.window_value) folded.other_values.push_back(part.value);
  folded.parts.push_back(std::move(part));
}

}  // namespace

std::optional<model::Shape> shape_in_front(const FoldedPads& pads) {
  if (pads.data.is_absent() || !pads.data.facts().shape) return std::nullopt;
  const model::Shape& shape = *pads.data.facts().shape;
  if (pads.axes.empty()) return shape;
  model::Shape ordered;
  for (const std::size_t axis : pads.axes)
    ordered.push_back(axis == kNoAxis ? model::Extent(1) : shape[axis]);
  return ordered;
}

FoldedPads fold_pads(const GraphInstance& instance, const Node& window_node, const WindowOperator& meaning,
                     PadValues values) {
  FoldedPads folded;
  folded.data = input_place(instance, window_node, meaning.data_input, ignore_passed);
  if (folded.data.is_absent() || !folded.data.facts().shape || folded.data.facts().shape->size() < 3)
    return folded;
  const std::size_t rank = folded.data.facts().shape->size();
  folded.before.assign(rank - 2, 0);
  folded.after.assign(rank - 2, 0);
  if (meaning.kind == WindowKind::kTransposedConv) return folded;
  const auto wanted = window_pad_value(instance, window_node, meaning, folded.data.facts().dtype);
  if (!wanted) return folded;
  folded.window_value = *wanted;
  WayUp way = way_up_from(folded.data, rank);
  const std::vector<std::size_t> in_order = way.axes;
  while (folded.nodes.size() < kMostPads) {
    if (values == PadValues::kAnyBehindLayout && !climb_to_pad(way)) return folded;
    const Node* node = way.at.producer();
    if (node == nullptr || node->op_type != "Pad" || !node->domain.empty()) return folded;
    const GraphInstance& holder = *way.at.instance;
    auto request = read_pad(holder, *node, way.rank);
    if (!request || !request->value) return folded;
    auto pads = in_order_of(way, request->pads);
    if (!pads || !pads_space_only(*pads, rank)) return folded;
    request->pads = std::move(*pads);
    if (request->value != wanted && values == PadValues::kOfTheWindow) return folded;
    if (request->value != 0.0 && way.for_zeros_only) return folded;
    const Place inner = input_place(holder, *node, 0, ignore_passed);
    if (inner.is_absent() || !inner.facts().shape || inner.facts().shape->size() != way.rank) return folded;
    add_part(*request, rank, folded);
    folded.nodes.push_back(node);
    folded.data = way.at = inner;
    folded.axes = way.axes == in_order ? std::vector<std::size_t>{} : way.axes;
  }
  return folded;
}

std::string text_of_pad(const GraphInstance& instance, const Node& pad) {
  std::string text = mode_of(instance, pad);
  if (text == "constant") {
    const auto value = read_value(instance, pad);
    // Zero has two signs and is one number.
    text += value ? fmt::format("={}", *value + 0.0) : "=?";
  }
  const Place data = input_place(instance, pad, 0, ignore_passed);
  const bool has_rank = !data.is_absent() && data.facts().shape;
  const auto amounts = has_rank ? read_amounts(instance, pad, data.facts().shape->size()) : std::nullopt;
  if (!amounts) return text + " ?";
  for (const std::int64_t amount : *amounts) text += fmt::format(" {}", amount);
  return text;
}

}  // namespace padproof::verifier
