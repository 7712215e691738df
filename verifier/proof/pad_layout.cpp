// SPDX-License-Identifier: Apache-2.0
// Sources: Transpose-1 to -25, Cast-1 to -25, Dropout-7 to -22, QuantizeLinear-10 to -25, DequantizeLinear-10
// to -25.
#include "verifier/proof/pad_layout.h"

#include <numeric>

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
  const std::size_t rank = way.axes.size();
  const auto& perm = model::Attributes(node, way.at.instance->attribute_scope()).ints("perm");
  if (!perm.empty() && perm.size() != rank) return false;
  for (std::size_t& axis : way.axes) {
    const std::int64_t from = perm.empty() ? static_cast<std::int64_t>(rank - 1 - axis) : perm[axis];
    if (from < 0 || from >= static_cast<std::int64_t>(rank)) return false;
    axis = static_cast<std::size_t>(from);
  }
  way.at = input_place(*way.at.instance, node, 0, ignore_passed);
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

}  // namespace

WayUp way_up_from(const Place& data, std::size_t rank) {
  WayUp way{data, std::vector<std::size_t>(rank), false};
  std::iota(way.axes.begin(), way.axes.end(), 0U);
  return way;
}

bool climb_to_pad(WayUp& way) {
  for (std::size_t passed = 0; passed < kMostPassed && !way.at.is_absent(); ++passed) {
    const Node* const node = way.at.producer();
    if (node == nullptr || !node->domain.empty()) return false;
    if (node->op_type == "Pad") return true;
    if (node->op_type == "Transpose") {
      if (!pass_transpose(*node, way)) return false;
    } else if (node->op_type == "DequantizeLinear") {
      if (!pass_quantization(*node, way)) return false;
    } else {
      if (!gives_what_it_is_given(way.at, *node)) return false;
      way.at = input_place(*way.at.instance, *node, 0, ignore_passed);
    }
  }
  return false;
}

}  // namespace padproof::verifier
