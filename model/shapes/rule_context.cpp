// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "model/shapes/outcomes.h"
#include "model/shapes/rule.h"

namespace padproof::model {
namespace {

bool is_complete(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(), [](const Extent& extent) { return extent.is_known(); });
}

/// Whether a tensor of this type can hold the value; types that contents do not follow hold anything.
bool holds(DataType dtype, std::int64_t value) {
  const auto within = [&](std::int64_t low, std::int64_t high) { return low <= value && value <= high; };
  switch (dtype) {
    case DataType::kBool:
      return within(0, 1);
    case DataType::kUint8:
      return within(0, 0xff);
    case DataType::kInt8:
      return within(-0x80, 0x7f);
    case DataType::kUint16:
      return within(0, 0xffff);
    case DataType::kInt16:
      return within(-0x8000, 0x7fff);
    case DataType::kUint32:
      return within(0, std::numeric_limits<std::uint32_t>::max());
    case DataType::kInt32:
      return within(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
    case DataType::kUint64:
      return value >= 0;
    default:
      return true;
  }
}

std::string reason(const Node& node, const Graph* graph, std::string_view text) {
  const std::string name = graph == nullptr ? printable(node.name) : display_name(*graph, node);
  return fmt::format("{} '{}' ({})", printable(node.op_type), name, text);
}

}  // namespace

const ValueFacts* RuleContext::input(std::size_t index) const {
  return index < inputs_.size() ? inputs_[index] : nullptr;
}

const Shape* RuleContext::shape(std::size_t index) const {
  const ValueFacts* facts = input(index);
  return facts != nullptr && facts->shape ? &*facts->shape : nullptr;
}

DataType RuleContext::dtype(std::size_t index) const {
  const ValueFacts* facts = input(index);
  return facts == nullptr ? DataType::kUndefined : facts->dtype;
}

const std::vector<Extent>* RuleContext::contents(std::size_t index) const {
  const ValueFacts* facts = input(index);
  return facts != nullptr && facts->contents ? &*facts->contents : nullptr;
}

const std::vector<float>* RuleContext::floats(std::size_t index) const {
  const ValueFacts* facts = input(index);
  return facts != nullptr && facts->floats ? &*facts->floats : nullptr;
}

void RuleContext::set(std::size_t output, DataType dtype, Shape shape) {
  if (output >= outputs_.size()) return;
  const bool complete = is_complete(shape);
  outputs_[output].dtype = dtype;
  outputs_[output].shape = std::move(shape);
  if (!complete) explain(output);
}

void RuleContext::set_rank_unknown(std::size_t output, DataType dtype) {
  if (output >= outputs_.size()) return;
  outputs_[output].dtype = dtype;
  outputs_[output].shape.reset();
  explain(output);
}

void RuleContext::set_contents(std::size_t output, std::vector<Extent> contents) {
  if (output >= outputs_.size() || contents.size() > static_cast<std::size_t>(kMaxContents)) return;
  ValueFacts& facts = outputs_[output];
  const auto count = facts.shape ? element_count(*facts.shape).constant() : std::nullopt;
  if (count != static_cast<std::int64_t>(contents.size())) return;
  for (Extent& element : contents) {
    if (element.is_constant() && !holds(facts.dtype, element.value())) element = Extent();
  }
  facts.contents = std::move(contents);
}

void RuleContext::set_floats(std::size_t output, std::vector<float> floats) {
  if (output >= outputs_.size() || floats.size() > static_cast<std::size_t>(kMaxFloatElements)) return;
  const auto& shape = outputs_[output].shape;
  if (shape && shape->size() <= 1) outputs_[output].floats = std::move(floats);
}

void RuleContext::lose(std::size_t output, std::string_view text) {
  if (output < outputs_.size()) outputs_[output].lost = reason(node_, graph_, text);
}

void RuleContext::lose_by_input(std::size_t output, std::size_t index) {
  if (output >= outputs_.size()) return;
  const ValueFacts* facts = input(index);
  if (facts == nullptr) return lose(output, input_name(index) + " is missing");
  if (facts->lost.empty()) {
    return lose(output, input_name(index) + (facts->shape ? " depends on data" : " has no shape"));
  }
  outputs_[output].lost = facts->lost;
}

std::string RuleContext::input_name(std::size_t index) const {
  const auto& inputs = node_.inputs;
  if (graph_ == nullptr || index >= inputs.size() || inputs[index] >= graph_->values.size()) {
    return fmt::format("its input {}", index);
  }
  return fmt::format("its input '{}'", printable(graph_->values[inputs[index]].name));
}

void RuleContext::explain(std::size_t output) {
  if (!outputs_[output].lost.empty()) return;
  const auto lost = std::find_if(inputs_.begin(), inputs_.end(), [](const ValueFacts* facts) {
    return facts != nullptr && !facts->lost.empty();
  });
  if (lost != inputs_.end()) {
    outputs_[output].lost = (*lost)->lost;
  } else {
    lose(output, "its size cannot be told from its inputs");
  }
}

Result<void> run_rule(Rule rule, RuleContext& context) {
  if (auto ran = rule(context); !ran) return ran;
  for (const ValueFacts& output : context.outputs_)
    if (output.shape) {
      if (auto good = shapes::check_extents(*output.shape); !good) return good;
    }
  return {};
}

}  // namespace padproof::model
