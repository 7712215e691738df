// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/pad_folding.h"

#include <algorithm>
#include <limits>
#include <optional>

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

std::optional<PadRequest> read_pad(const GraphInstance& instance, const Node& node, std::size_t rank) {
  const model::Attributes attributes(node, instance.attribute_scope());
  if (attributes.string_or("mode", "constant") != "constant") return std::nullopt;
  PadRequest request;
  const std::int64_t opset = instance.opset_of(node);
  if (opset < 11) {
    request.pads = attributes.ints(opset < 2 ? "paddings" : "pads");
    request.value = attributes.float_or("value", 0.0F);
    return request.pads.size() == 2 * rank ? std::optional(request) : std::nullopt;
  }
  const Place pads = input_place(instance, node, 1, ignore_passed);
  if (pads.is_absent() || !pads.facts().contents) return std::nullopt;
  for (const model::Extent& pad : *pads.facts().contents) {
    if (!pad.is_constant()) return std::nullopt;
    request.pads.push_back(pad.value());
  }
  request.value = number_or_zero(input_place(instance, node, 2, ignore_passed));
  const Place axes = input_place(instance, node, 3, ignore_passed);
  if (axes.is_absent()) return request.pads.size() == 2 * rank ? std::optional(request) : std::nullopt;
  if (!axes.facts().contents) return std::nullopt;
  auto all = spread(request.pads, *axes.facts().contents, rank);
  if (!all) return std::nullopt;
  request.pads = std::move(*all);
  return request;
}

bool pads_space_only(const std::vector<std::int64_t>& pads, std::size_t rank) {
  for (std::size_t i = 0; i < pads.size(); ++i) {
    if (pads[i] < 0 || pads[i] >= kMaxWindowNumber) return false;
    if (i % rank < 2 && pads[i] != 0) return false;
  }
  return true;
}

}  // namespace

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
  while (folded.nodes.size() < kMostPads) {
    const Node* node = folded.data.producer();
    if (node == nullptr || node->op_type != "Pad" || !node->domain.empty()) return folded;
    const GraphInstance& holder = *folded.data.instance;
    const auto request = read_pad(holder, *node, rank);
    if (!request || !request->value || !pads_space_only(request->pads, rank)) return folded;
    if (request->value != wanted && values == PadValues::kOfTheWindow) return folded;
    const Place inner = input_place(holder, *node, 0, ignore_passed);
    if (inner.is_absent() || !inner.facts().shape || inner.facts().shape->size() != rank) return folded;
    for (std::size_t i = 0; i + 2 < rank; ++i) {
      folded.before[i] += request->pads[i + 2];
      folded.after[i] += request->pads[i + 2 + rank];
    }
    const bool adds_cells =
        std::any_of(request->pads.begin(), request->pads.end(), [](std::int64_t pad) { return pad != 0; });
    if (adds_cells && request->value != wanted) folded.other_values.push_back(*request->value);
    folded.nodes.push_back(node);
    folded.data = inner;
  }
  return folded;
}

}  // namespace padproof::verifier
