// SPDX-License-Identifier: Apache-2.0
// Where a layer's weights are stored, through the nodes that exporters put in front of them.
#include <algorithm>
#include <numeric>
#include <optional>

#include "model/tensor_values.h"
#include "verifier/diff/weights.h"

namespace padproof::verifier {
namespace {

using model::Node;

/// What a weight input is made of: order[i] is the stored dim that dim i is.
struct Source {
  const model::TensorRef* constant = nullptr;
  std::vector<std::size_t> order;
  bool is_scaled = false;
};

std::optional<std::vector<std::size_t>> permutation(const Place& at, const Node& node, std::size_t rank) {
  const auto& stated = model::Attributes(node, at.instance->attribute_scope()).ints("perm");
  std::vector<std::size_t> perm(rank);
  std::iota(perm.begin(), perm.end(), 0U);
  if (stated.empty()) std::reverse(perm.begin(), perm.end());
  if (stated.empty()) return perm;
  if (stated.size() != rank || !std::is_permutation(stated.begin(), stated.end(), perm.begin(),
                                                    [](std::int64_t left, std::size_t right) {
                                                      return left == static_cast<std::int64_t>(right);
                                                    }))
    return std::nullopt;
  std::transform(stated.begin(), stated.end(), perm.begin(),
                 [](std::int64_t dim) { return static_cast<std::size_t>(dim); });
  return perm;
}

bool is_standard(const Node* node, std::string_view op_type) {
  return node != nullptr && node->domain.empty() && node->op_type == op_type;
}

// Through at most one Transpose and one DequantizeLinear, in this order: exporters write no more.
Source source_of(Place at) {
  Source source;
  std::optional<Place> turned;
  if (is_standard(at.producer(), "Transpose")) {
    turned = at;
    at = input_place(*at.instance, *at.producer(), 0, ignore_passed);
  }
  if (is_standard(at.producer(), "DequantizeLinear")) {
    source.is_scaled = true;
    at = input_place(*at.instance, *at.producer(), 0, ignore_passed);
  }
  if (!at.is_absent()) source.constant = at.instance->constant(at.value);
  if (source.constant == nullptr) return source;
  source.order.resize(source.constant->dims.size());
  std::iota(source.order.begin(), source.order.end(), 0U);
  if (!turned) return source;
  const auto perm = permutation(*turned, *turned->producer(), source.order.size());
  if (!perm) return {};
  source.order = *perm;
  return source;
}

}  // namespace

Weights weights_of(const model::GraphInstance& instance, const Node& node, const WindowOperator& meaning) {
  Weights weights;
  if (!meaning.weight_input) return weights;
  const Source source = source_of(input_place(instance, node, *meaning.weight_input, ignore_passed));
  if (source.constant == nullptr || source.order.size() < 3 || !model::element_count(*source.constant))
    return weights;
  std::vector<std::int64_t> stored_steps(source.order.size(), 1);
  for (std::size_t i = source.order.size() - 1; i-- > 0;)
    stored_steps[i] = stored_steps[i + 1] * source.constant->dims[i + 1];
  for (const std::size_t dim : source.order) {
    weights.dims.push_back(source.constant->dims[dim]);
    weights.steps.push_back(stored_steps[dim]);
  }
  // A transposed convolution states the input channels first.
  if (meaning.kind == WindowKind::kTransposedConv) {
    std::swap(weights.dims[0], weights.dims[1]);
    std::swap(weights.steps[0], weights.steps[1]);
  }
  weights.constant = source.constant;
  weights.is_scaled = source.is_scaled;
  return weights;
}

}  // namespace padproof::verifier
