// SPDX-License-Identifier: Apache-2.0
// Sources: ONNX Constant-1 to -25, ConstantOfShape-9 to -25, Cast-1 to -25.
#include "verifier/proof/uniform_value.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "model/tensor_values.h"
#include "verifier/engine/half.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Node;

// A constant of more elements is weights, not a number that was spread.
constexpr std::size_t kMostElements = 4096;
// Nodes between a constant and its reader.
constexpr int kMostRearrangers = 100;

// What only arranges elements anew.
constexpr std::array<std::string_view, 5> kRearrangers = {"Reshape", "Squeeze", "Unsqueeze", "Expand",
                                                          "Flatten"};

template <class T>
std::vector<double> numbers_in(model::Bytes bytes, double (*meaning)(T)) {
  std::vector<double> numbers;
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T element;
    std::memcpy(&element, bytes.data() + at, sizeof element);
    numbers.push_back(meaning(element));
  }
  return numbers;
}

std::optional<double> only_one(const std::vector<double>& numbers) {
  if (numbers.empty()) return std::nullopt;
  // Zeros of either sign are one number; NaN is none.
  const bool is_one =
      std::all_of(numbers.begin(), numbers.end(), [&](double number) { return number == numbers[0]; });
  return is_one ? std::optional(numbers[0]) : std::nullopt;
}

std::optional<double> number_in(const model::TensorRef& tensor) {
  const auto count = model::element_count(tensor);
  if (!count || *count < 1 || static_cast<std::size_t>(*count) > kMostElements) return std::nullopt;
  const auto packed = model::read_packed(tensor);
  if (!packed) return std::nullopt;
  switch (tensor.dtype) {
    case DataType::kFloat:
      return only_one(numbers_in<float>(*packed, [](float value) { return double{value}; }));
    case DataType::kDouble:
      return only_one(numbers_in<double>(*packed, [](double value) { return value; }));
    case DataType::kFloat16:
      return only_one(numbers_in<std::uint16_t>(*packed, from_float16));
    case DataType::kBfloat16:
      return only_one(numbers_in<std::uint16_t>(*packed, from_bfloat16));
    default:
      break;
  }
  const auto integers = model::read_integers(tensor);
  if (!integers) return std::nullopt;
  return only_one(std::vector<double>(integers->begin(), integers->end()));
}

std::optional<double> of_constant_node(const model::Attributes& attributes) {
  if (attributes.has("value_float")) return attributes.float_or("value_float", 0.0F);
  if (attributes.has("value_int")) return static_cast<double>(attributes.int_or("value_int", 0));
  const model::Attribute* const floats = attributes.find("value_floats");
  const auto& integers = attributes.ints("value_ints");
  if (floats == nullptr) return only_one({integers.begin(), integers.end()});
  return only_one({floats->floats.begin(), floats->floats.end()});
}

/// Integers only where they hold the number: what a cast out of range gives is not agreed upon.
std::optional<double> cast_to_integer(double value, DataType dtype) {
  const double whole = std::trunc(value);
  const auto fits = [&](double least, double end) {
    return whole >= least && whole < end ? std::optional(whole) : std::nullopt;
  };
  switch (dtype) {
    case DataType::kInt8:
      return fits(-0x1p7, 0x1p7);
    case DataType::kUint8:
      return fits(0, 0x1p8);
    case DataType::kInt32:
      return fits(-0x1p31, 0x1p31);
    case DataType::kInt64:
      return fits(-0x1p53, 0x1p53);
    default:
      return std::nullopt;
  }
}

std::optional<double> cast_to(double value, DataType dtype) {
  switch (dtype) {
    case DataType::kDouble:
      return value;
    case DataType::kFloat:
      return std::abs(value) > double{std::numeric_limits<float>::max()} && std::isfinite(value)
                 ? std::nullopt
                 : std::optional<double>(static_cast<float>(value));
    case DataType::kFloat16:
      return from_float16(to_float16(value));
    case DataType::kBfloat16:
      return from_bfloat16(to_bfloat16(value));
    default:
      return cast_to_integer(value, dtype);
  }
}

}  // namespace

std::optional<double> uniform_value(const Place& place) {
  Place at = place;
  std::vector<DataType> casts;  // the last first
  for (int i = 0; i < kMostRearrangers && !at.is_absent(); ++i) {
    std::optional<double> value;
    const Node* const node = at.producer();
    if (const model::TensorRef* const constant = at.instance->constant(at.value)) {
      value = number_in(*constant);
    } else if (node == nullptr || !node->domain.empty()) {
      return std::nullopt;
    } else if (const model::Attributes attributes(*node, at.instance->attribute_scope());
               node->op_type == "Constant") {
      value = of_constant_node(attributes);
    } else if (node->op_type == "ConstantOfShape") {
      const model::TensorRef* const tensor = attributes.tensor("value");
      value = tensor == nullptr ? std::optional(0.0) : number_in(*tensor);
    } else {
      if (node->op_type == "Cast")
        casts.push_back(at.facts().dtype);
      else if (std::find(kRearrangers.begin(), kRearrangers.end(), node->op_type) == kRearrangers.end())
        return std::nullopt;
      at = input_place(*at.instance, *node, 0, ignore_passed);
      continue;
    }
    for (; value && !casts.empty(); casts.pop_back()) value = cast_to(*value, casts.back());
    return value;
  }
  return std::nullopt;
}

}  // namespace padproof::verifier
