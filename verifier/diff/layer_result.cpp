// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/layer_result.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "model/tensor_values.h"
#include "verifier/diff/layer.h"
#include "verifier/engine/element_types.h"
#include "verifier/engine/half.h"

namespace padproof::verifier {
namespace {

using model::GraphInstance;
using model::kNoValue;
using model::Node;

constexpr std::size_t kMostSteps = 8;
// A constant of more is no number for each channel.
constexpr std::int64_t kMostChannels = 1 << 16;
// Folding rounds factors and products; what is another bias differs by more.
constexpr double kSameNumber = 1e-4;

bool is_arithmetic(const Node& node) {
  const bool is_known =
      node.op_type == "Add" || node.op_type == "Mul" || node.op_type == "Sub" || node.op_type == "Div";
  return is_known && node.domain.empty() && node.inputs.size() == 2;
}

/// The constant operand of a number for each channel, or one for all.
const model::TensorRef* channel_constant(const GraphInstance& instance, const Node& node, std::size_t operand,
                                         std::size_t rank) {
  const Place place = input_place(instance, node, operand, ignore_passed);
  const model::TensorRef* const constant =
      place.is_absent() ? nullptr : place.instance->constant(place.value);
  if (constant == nullptr || constant->dims.size() > rank) return nullptr;
  for (std::size_t i = 0; i < constant->dims.size(); ++i)
    if (constant->dims[i] != 1 && i + rank != constant->dims.size() + 1) return nullptr;
  return constant;
}

/// Of an Add or Mul either, of a Sub or Div the first.
std::optional<std::size_t> data_operand(const Node& node, model::ValueId value) {
  const bool commutes = node.op_type == "Add" || node.op_type == "Mul";
  if (node.inputs[0] == value) return 0;
  return commutes && node.inputs[1] == value ? std::optional<std::size_t>(1) : std::nullopt;
}

bool makes_next_step(const GraphInstance& instance, const Node& node, model::ValueId value) {
  if (!node.domain.empty() || node.outputs.empty() || node.outputs[0] == kNoValue || node.inputs.empty())
    return false;
  if (node.op_type == "Identity" || node.op_type == "BatchNormalization") return node.inputs[0] == value;
  if (!is_arithmetic(node)) return false;
  const auto operand = data_operand(node, value);
  const auto& shape = instance.facts(value).shape;
  return operand && shape && channel_constant(instance, node, 1 - *operand, shape->size()) != nullptr;
}

/// The numbers, one or as many as channels.
std::optional<std::vector<double>> channel_numbers(const model::TensorRef* constant) {
  if (constant == nullptr) return std::nullopt;
  const auto count = model::element_count(*constant);
  if (!count || *count < 1 || *count > kMostChannels) return std::nullopt;
  const auto tensor = from_constant(*constant);
  if (!tensor) return std::nullopt;
  std::vector<double> numbers;
  if (is_half(tensor->dtype())) {
    const auto widen = tensor->dtype() == model::DataType::kFloat16 ? from_float16 : from_bfloat16;
    for (const std::uint16_t bits : tensor->data<std::uint16_t>()) numbers.push_back(widen(bits));
  } else if (tensor->dtype() == model::DataType::kFloat) {
    for (const float number : tensor->data<float>()) numbers.push_back(double{number});
  } else if (tensor->dtype() == model::DataType::kDouble) {
    for (const double number : tensor->data<double>()) numbers.push_back(number);
  } else {
    return std::nullopt;
  }
  return numbers;
}

std::optional<std::vector<double>> operand_numbers(const GraphInstance& instance, const Node& node,
                                                   std::size_t operand) {
  const Place place = input_place(instance, node, operand, ignore_passed);
  return place.is_absent() ? std::nullopt : channel_numbers(place.instance->constant(place.value));
}

double at_channel(const std::vector<double>& numbers, std::size_t channel) {
  return numbers.size() == 1 ? numbers[0] : numbers[channel];
}

/// What a layer's sum has become, channel by channel.
struct Affine {
  std::vector<double> scale;
  std::vector<double> shift;
  std::vector<double> magnitude;  // of what the shift is summed from

  [[nodiscard]] bool fits(const std::vector<double>& numbers) const {
    return numbers.size() == 1 || numbers.size() == scale.size();
  }
  void multiply(const std::vector<double>& by) {
    for (std::size_t c = 0; c < scale.size(); ++c) {
      scale[c] *= at_channel(by, c);
      shift[c] *= at_channel(by, c);
      magnitude[c] *= std::fabs(at_channel(by, c));
    }
  }
  void add(const std::vector<double>& what, double sign) {
    for (std::size_t c = 0; c < scale.size(); ++c) {
      shift[c] += sign * at_channel(what, c);
      magnitude[c] += std::fabs(at_channel(what, c));
    }
  }
};

bool apply_normalization(const GraphInstance& instance, const Node& node, Affine& affine) {
  constexpr std::size_t kParameters = 5;
  constexpr float kEpsilon = 1e-5F;
  std::vector<double> parameters[kParameters];
  for (std::size_t i = 1; i < kParameters; ++i) {
    auto numbers = operand_numbers(instance, node, i);
    if (!numbers || !affine.fits(*numbers)) return false;
    parameters[i] = std::move(*numbers);
  }
  const auto& [unused, scale, bias, mean, variance] = parameters;
  const double epsilon = model::Attributes(node, instance.attribute_scope()).float_or("epsilon", kEpsilon);
  std::vector<double> factor(affine.scale.size());
  for (std::size_t c = 0; c < factor.size(); ++c)
    factor[c] = at_channel(scale, c) / std::sqrt(at_channel(variance, c) + epsilon);
  affine.add(mean, -1);
  affine.multiply(factor);
  affine.add(bias, 1);
  return true;
}

bool apply_step(const GraphInstance& instance, const Node& node, model::ValueId value, Affine& affine) {
  if (node.op_type == "Identity") return true;
  if (node.op_type == "BatchNormalization") return apply_normalization(instance, node, affine);
  auto numbers = operand_numbers(instance, node, 1 - *data_operand(node, value));
  if (!numbers || !affine.fits(*numbers)) return false;
  if (node.op_type == "Div")
    for (double& number : *numbers) number = 1 / number;
  if (node.op_type == "Mul" || node.op_type == "Div")
    affine.multiply(*numbers);
  else
    affine.add(*numbers, node.op_type == "Add" ? 1 : -1);
  return true;
}

/// What the layer's own sum is: with a bias, if it is a convolution of floats.
std::optional<Affine> affine_of(const Layer& layer) {
  constexpr std::size_t kBias = 2;
  const auto& shape = layer.instance->facts(layer.results.front().value).shape;
  const auto channels = shape && shape->size() > 1 ? (*shape)[1].constant() : std::nullopt;
  if (!channels || *channels < 1 || *channels > kMostChannels) return std::nullopt;
  const auto count = static_cast<std::size_t>(*channels);
  Affine affine{std::vector<double>(count, 1), std::vector<double>(count, 0), std::vector<double>(count, 0)};
  const Node& node = *layer.node;
  const bool has_bias =
      layer.meaning.weight_input.has_value() && node.inputs.size() > kBias && node.inputs[kBias] != kNoValue;
  if (!has_bias) return affine;
  const auto bias = operand_numbers(*layer.instance, node, kBias);
  if (node.op_type == "ConvInteger" || node.op_type == "QLinearConv" || !bias || !affine.fits(*bias))
    return std::nullopt;
  affine.add(*bias, 1);
  return affine;
}

/// Of each result, as far as it is known.
std::vector<Affine> affines_of(const Layer& layer) {
  std::vector<Affine> all;
  auto affine = affine_of(layer);
  if (!affine) return all;
  all.push_back(*affine);
  for (std::size_t i = 1; i < layer.results.size(); ++i) {
    if (!apply_step(*layer.instance, *layer.results[i].node, layer.results[i - 1].value, *affine)) break;
    all.push_back(*affine);
  }
  return all;
}

bool are_near(double left, double right, double magnitude) {
  return std::fabs(left - right) <= kSameNumber * magnitude;
}

/// `factors`: by what the target's sum is larger.
bool are_same_numbers(const Affine& source, const Affine& target, const std::vector<float>& factors) {
  if (source.scale.size() != target.scale.size() || factors.size() != source.scale.size()) return false;
  for (std::size_t c = 0; c < factors.size(); ++c) {
    const double scale = target.scale[c] * double{factors[c]};
    // Not known of a channel of zeros: any factor will do.
    if (!std::isnan(factors[c]) &&
        !are_near(source.scale[c], scale, std::max(std::fabs(source.scale[c]), std::fabs(scale))))
      return false;
    if (!are_near(source.shift[c], target.shift[c], source.magnitude[c] + target.magnitude[c])) return false;
  }
  return true;
}

}  // namespace

std::vector<ResultStep> results_of(const GraphInstance& instance, const Node& node, const Readers& readers) {
  std::vector<ResultStep> steps;
  if (node.outputs.empty() || node.outputs[0] == kNoValue) return steps;
  steps.push_back({node.outputs[0], &node});
  // Nothing is folded into a pool.
  const auto meaning = window_operator(node.domain, node.op_type);
  while (meaning && meaning->weight_input && steps.size() < kMostSteps) {
    const model::ValueId value = steps.back().value;
    const auto [first, last] = readers.equal_range(value);
    if (first == last || std::next(first) != last || !makes_next_step(instance, *first->second, value)) break;
    steps.push_back({first->second->outputs[0], first->second});
  }
  return steps;
}

std::pair<std::size_t, std::size_t> same_results(const Layer& source, const Layer& target) {
  const std::pair last(source.results.size() - 1, target.results.size() - 1);
  if (last == std::pair<std::size_t, std::size_t>(0, 0)) return last;
  const auto mine = affines_of(source);
  const auto theirs = affines_of(target);
  if (mine.empty() || theirs.empty()) return last;
  const auto factors = channel_factors(source.weights, target.weights);
  for (std::size_t sum = mine.size() + theirs.size() - 1; sum-- > 0;)
    for (std::size_t i = std::min(sum + 1, mine.size()); i-- > 0;) {
      if (sum - i >= theirs.size() || !are_same_numbers(mine[i], theirs[sum - i], factors)) continue;
      const bool goes_on_in_both = i < last.first && sum - i < last.second;
      return goes_on_in_both ? last : std::pair(i, sum - i);
    }
  return last;
}

}  // namespace padproof::verifier
