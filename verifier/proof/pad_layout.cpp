// SPDX-License-Identifier: Apache-2.0
// Sources: Transpose-1 to -25, Unsqueeze-1 to -25, Squeeze-1 to -25, Cast-1 to -25, Dropout-7 to -22,
// QuantizeLinear-10 to -25, DequantizeLinear-10 to -25.
#include "verifier/proof/pad_layout.h"

#include <numeric>
#include <optional>

#include "verifier/proof/uniform_value.h"

namespace padproof::verifier {
namespace {

using model::GraphInstance;
using model::Node;

// Everybody may read the end of a chain.
constexpr std::size_t kMostPassed = 100;

bool is_absent_or_zero(const Place& place) { return place.is_absent() || uniform_value(place) == 0.0; }

bool is_standard_node(const Node* node, std::string_view op_type) {
  return node != nullptr && node->domain.empty() && node->op_type == op_type;
}

bool pass_transpose(const Node& node, WayUp& way) {
  const auto& perm = model::Attributes(node, way.at.instance->attribute_scope()).ints("perm");
  if (!perm.empty() && perm.size() != way.rank) return false;
  for (std::size_t& axis : way.axes) {
    if (axis == kNoAxis) continue;
    const std::int64_t from = perm.empty() ? static_cast<std::int64_t>(way.rank - 1 - axis) : perm[axis];
    if (from < 0 || from >= static_cast<std::int64_t>(way.rank)) return false;
    axis = static_cast<std::size_t>(from);
  }
  way.at = input_place(*way.at.instance, node, 0, ignore_passed);
  return true;
}

/// Which axes of a tensor of that rank the node adds or takes away; nothing if that is not known.
std::optional<std::vector<bool>> named_axes(const Place& at, const Node& node, std::size_t rank) {
  std::vector<std::int64_t> axes = model::Attributes(node, at.instance->attribute_scope()).ints("axes");
  if (at.instance->opset_of(node) >= 13) {
    const Place input = input_place(*at.instance, node, 1, ignore_passed);
    if (input.is_absent() || !input.facts().contents) return std::nullopt;
    axes.clear();
    for (const model::Extent& axis : *input.facts().contents) {
      if (!axis.is_constant()) return std::nullopt;
      axes.push_back(axis.value());
    }
  }
  std::vector<bool> is_named(rank, false);
  for (const std::int64_t stated : axes) {
    const std::int64_t axis = stated < 0 ? stated + static_cast<std::int64_t>(rank) : stated;
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) return std::nullopt;
    is_named[static_cast<std::size_t>(axis)] = true;
  }
  return axes.empty() ? std::nullopt : std::optional(is_named);
}

bool pass_unsqueeze(const Node& node, WayUp& way) {
  const auto is_new = named_axes(way.at, node, way.rank);
  if (!is_new) return false;
  std::vector<std::size_t> before(way.rank, kNoAxis);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < way.rank; ++i)
    if (!(*is_new)[i]) before[i] = kept++;
  for (std::size_t& axis : way.axes)
    if (axis != kNoAxis) axis = before[axis];
  way.rank = kept;
  way.at = input_place(*way.at.instance, node, 0, ignore_passed);
  return true;
}

bool pass_squeeze(const Node& node, WayUp& way) {
  const Place inner = input_place(*way.at.instance, node, 0, ignore_passed);
  if (inner.is_absent() || !inner.facts().shape) return false;
  const std::size_t rank = inner.facts().shape->size();
  const auto is_gone = named_axes(way.at, node, rank);
  if (!is_gone) return false;
  std::vector<std::size_t> before;
  for (std::size_t i = 0; i < rank; ++i)
    if (!(*is_gone)[i]) before.push_back(i);
  if (before.size() != way.rank) return false;
  for (std::size_t& axis : way.axes)
    if (axis != kNoAxis) axis = before[axis];
  way.rank = rank;
  way.at = inner;
  return true;
}

bool gives_what_it_is_given(const Place& at, const Node& node) {
  const Place data = input_place(*at.instance, node, 0, ignore_passed);
  if (data.is_absent()) return false;
  if (node.op_type == "Cast") return data.facts().dtype == at.facts().dtype;
  if (node.op_type != "Dropout" || at.info().output_index != 0) return false;
  const std::int64_t opset = at.instance->opset_of(node);
  // Before 7 an attribute tells training, since 12 an input.
  return opset >= 12 ? is_absent_or_zero(input_place(*at.instance, node, 2, ignore_passed)) : opset >= 7;
}

// Zero is the zero point, whatever the scale, and comes back as zero.
bool pass_quantization(const Node& dequantize, WayUp& way) {
  const GraphInstance& holder = *way.at.instance;
  const Place quantized = input_place(holder, dequantize, 0, ignore_passed);
  const Node* const quantize = quantized.producer();
  if (!is_standard_node(quantize, "QuantizeLinear")) return false;
  for (const std::size_t operand : {std::size_t{1}, std::size_t{2}})
    if (input_place(holder, dequantize, operand, ignore_passed) !=
        input_place(*quantized.instance, *quantize, operand, ignore_passed))
      return false;
  way.at = input_place(*quantized.instance, *quantize, 0, ignore_passed);
  way.for_zeros_only = true;
  return true;
}

bool pass(const Node& node, WayUp& way) {
  if (node.op_type == "Transpose") return pass_transpose(node, way);
  if (node.op_type == "Unsqueeze") return pass_unsqueeze(node, way);
  if (node.op_type == "Squeeze") return pass_squeeze(node, way);
  if (node.op_type == "DequantizeLinear") return pass_quantization(node, way);
  if (!gives_what_it_is_given(way.at, node)) return false;
  way.at = input_place(*way.at.instance, node, 0, ignore_passed);
  return true;
}

}  // namespace

WayUp way_up_from(const Place& data, std::size_t rank) {
  WayUp way{data, std::vector<std::size_t>(rank), rank, false};
  std::iota(way.axes.begin(), way.axes.end(), 0U);
  return way;
}

bool climb_to_pad(WayUp& way) {
  for (std::size_t passed = 0; passed < kMostPassed && !way.at.is_absent(); ++passed) {
    const Node* const node = way.at.producer();
    if (node == nullptr || !node->domain.empty()) return false;
    if (node->op_type == "Pad") return true;
    if (!pass(*node, way)) return false;
  }
  return false;
}

}  // namespace padproof::verifier
