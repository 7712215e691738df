// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/zero_pads.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "verifier/proof/uniform_value.h"

namespace padproof::verifier {
namespace {

using model::Node;

// Between a Pad and its pool are few.
constexpr int kMostOnTheWayToPads = 100;

Place operand(const Place& at, const Node& node, std::size_t index) {
  return input_place(*at.instance, node, index, ignore_passed);
}

model::Attributes attributes_at(const Place& at, const Node& node) {
  return model::Attributes(node, at.instance->attribute_scope());
}

bool have_same_shape(const Place& left, const Place& right) {
  if (left.is_absent() || right.is_absent() || !left.facts().shape || !right.facts().shape) return false;
  const auto is_same = [](const model::Extent& mine, const model::Extent& theirs) {
    return mine.same_as(theirs);
  };
  return std::equal(left.facts().shape->begin(), left.facts().shape->end(), right.facts().shape->begin(),
                    right.facts().shape->end(), is_same);
}

bool is_float_type(model::DataType dtype) {
  return dtype == model::DataType::kFloat || dtype == model::DataType::kDouble ||
         dtype == model::DataType::kFloat16 || dtype == model::DataType::kBfloat16;
}

bool drops_nothing(const Place& at, const Node& node) {
  if (at.info().output_index != 0) return false;
  if (at.instance->opset_of(node) < 7) return attributes_at(at, node).int_or("is_test", 0) != 0;
  const Place training = operand(at, node, 2);
  return training.is_absent() || uniform_value(training) == 0.0;
}

/// Of a node with one operand that it leaves as it is, that one.
Place left_as_it_is(const Place& at, const Node& node) {
  constexpr std::array<std::string_view, 2> kReshapers = {"Reshape", "Expand"};
  const auto is = [&](std::string_view op_type) { return node.op_type == op_type; };
  const Place first = operand(at, node, 0);
  if (is("Cast")) {
    const bool is_float = !first.is_absent() && is_float_type(first.facts().dtype);
    return is_float && is_float_type(at.facts().dtype) ? first : Place{};
  }
  if (is("Dropout")) return drops_nothing(at, node) ? first : Place{};
  const bool keeps_elements =
      std::find(kReshapers.begin(), kReshapers.end(), node.op_type) != kReshapers.end() ||
      (is("Concat") && node.inputs.size() == 1) || (is("Split") && node.outputs.size() == 1);
  if (keeps_elements) return have_same_shape(at, first) ? first : Place{};
  const bool is_sum = is("Add") || is("Sub");
  if (!is_sum && !is("Mul") && !is("Div")) return {};
  const double neutral = is_sum ? 0.0 : 1.0;
  const Place second = operand(at, node, 1);
  if (uniform_value(second) == neutral) return have_same_shape(at, first) ? first : Place{};
  const bool commutes = is("Add") || is("Mul");
  return commutes && uniform_value(first) == neutral && have_same_shape(at, second) ? second : Place{};
}

struct ConstantPad {
  std::vector<std::int64_t> amounts;  // begin per axis, then end per axis, of all axes
  std::optional<double> value;
};

std::optional<std::vector<std::int64_t>> contents_of(const Place& place) {
  if (place.is_absent() || !place.facts().contents) return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (const model::Extent& number : *place.facts().contents) {
    if (!number.is_constant()) return std::nullopt;
    numbers.push_back(number.value());
  }
  return numbers;
}

/// Pad-1, -2, -11 to -25.
std::optional<ConstantPad> constant_pad(const Place& at, const Node& node, std::size_t rank) {
  const model::Attributes attributes = attributes_at(at, node);
  if (attributes.string_or("mode", "constant") != "constant") return std::nullopt;
  const std::int64_t opset = at.instance->opset_of(node);
  if (opset < 11) {
    const ConstantPad pad{attributes.ints(opset < 2 ? "paddings" : "pads"),
                          attributes.float_or("value", 0.0F)};
    return pad.amounts.size() == 2 * rank ? std::optional(pad) : std::nullopt;
  }
  const auto amounts = contents_of(operand(at, node, 1));
  const Place value = operand(at, node, 2);
  if (!amounts) return std::nullopt;
  ConstantPad pad{std::vector<std::int64_t>(2 * rank, 0), value.is_absent() ? 0.0 : uniform_value(value)};
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (const Place stated = operand(at, node, 3); !stated.is_absent()) {
    const auto numbers = contents_of(stated);
    if (!numbers) return std::nullopt;
    axes = *numbers;
  }
  if (amounts->size() != 2 * axes.size()) return std::nullopt;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis =
        static_cast<std::size_t>(axes[i] < 0 ? axes[i] + static_cast<std::int64_t>(rank) : axes[i]);
    if (axis >= rank) return std::nullopt;
    pad.amounts[axis] = (*amounts)[i];
    pad.amounts[axis + rank] = (*amounts)[i + axes.size()];
  }
  return pad;
}

/// Upwards from a pool's data, with the pool's axis that each axis of the value is.
class Ascent {
 public:
  Ascent(Place data, std::size_t rank) : at_(data), pool_axis_(rank) {
    std::iota(pool_axis_.begin(), pool_axis_.end(), 0U);
    found_.before.assign(rank - 2, 0);
    found_.after.assign(rank - 2, 0);
  }

  std::optional<ZeroPads> climb() {
    for (int steps = 0; steps < kMostOnTheWayToPads && step(); ++steps) {
    }
    return found_.data.is_absent() ? std::nullopt : std::optional(found_);
  }

 private:
  bool step() {
    const Node* const node = at_.producer();
    if (node == nullptr || !node->domain.empty()) return false;
    if (node->op_type == "Pad") return pass_pad(*node);
    if (node->op_type == "Transpose") return pass_transpose(*node);
    at_ = left_as_it_is(at_, *node);
    return !at_.is_absent();
  }

  bool pass_transpose(const Node& node) {
    std::vector<std::int64_t> perm = attributes_at(at_, node).ints("perm");
    const std::size_t rank = pool_axis_.size();
    if (perm.empty()) {
      perm.resize(rank);
      std::iota(perm.rbegin(), perm.rend(), 0);
    }
    std::vector<std::int64_t> every(rank);
    std::iota(every.begin(), every.end(), 0);
    if (perm.size() != rank || !std::is_permutation(perm.begin(), perm.end(), every.begin())) return false;
    std::vector<std::size_t> turned(rank);
    for (std::size_t i = 0; i < rank; ++i) turned[static_cast<std::size_t>(perm[i])] = pool_axis_[i];
    pool_axis_ = std::move(turned);
    at_ = operand(at_, node, 0);
    return !at_.is_absent();
  }

  bool pass_pad(const Node& node) {
    const std::size_t rank = pool_axis_.size();
    const auto pad = constant_pad(at_, node, rank);
    if (!pad || !pad->value) return false;
    ZeroPads sum = found_;
    bool adds = false;
    for (std::size_t i = 0; i < rank; ++i) {
      const std::int64_t before = pad->amounts[i];
      const std::int64_t after = pad->amounts[i + rank];
      if (std::min(before, after) < 0 || std::max(before, after) >= kMaxWindowNumber) return false;
      if (before == 0 && after == 0) continue;
      if (pool_axis_[i] < 2) return false;
      adds = true;
      sum.before[pool_axis_[i] - 2] += before;
      sum.after[pool_axis_[i] - 2] += after;
    }
    at_ = operand(at_, node, 0);
    if (at_.is_absent()) return false;
    if (!adds || *pad->value != 0.0) return true;
    found_ = std::move(sum);
    found_.data = at_;
    return true;
  }

  Place at_;
  std::vector<std::size_t> pool_axis_;
  ZeroPads found_;
};

}  // namespace

std::optional<ZeroPads> zero_pads_in_front(const Layer& pool) {
  const Place data = input_place(*pool.instance, *pool.node, pool.meaning.data_input, ignore_passed);
  if (data.is_absent() || !data.facts().shape || data.facts().shape->size() < 3) return std::nullopt;
  return Ascent(data, data.facts().shape->size()).climb();
}

}  // namespace padproof::verifier
