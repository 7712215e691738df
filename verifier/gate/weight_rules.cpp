// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "model/tensor_values.h"
#include "verifier/gate/predicates.h"

namespace padproof::verifier {
namespace {

/// Operators whose result is not finite where one of the first `operands` is not: they carry it, or compute
/// with it (NaN and Inf survive sums, products and 0 times Inf).
struct WeightCarrier {
  std::string_view op_type;
  std::size_t operands;
};
constexpr std::array<WeightCarrier, 14> kWeightCarriers = {{{"Transpose", 1},
                                                            {"Cast", 1},
                                                            {"Reshape", 1},
                                                            {"Squeeze", 1},
                                                            {"Unsqueeze", 1},
                                                            {"Flatten", 1},
                                                            {"DequantizeLinear", 2},
                                                            {"Mul", 2},
                                                            {"Add", 2},
                                                            {"Sub", 2},
                                                            {"Div", 1},
                                                            {"Neg", 1},
                                                            {"Abs", 1},
                                                            {"Expand", 1}}};
constexpr int kMostWeightNodes = 100;

/// Whether an element has all bits of the exponent set.
template <class Bits>
bool has_full_exponent(model::Bytes bytes, Bits exponent) {
  bool found = false;
  for (std::size_t at = 0; at + sizeof(Bits) <= bytes.size(); at += sizeof(Bits)) {
    Bits bits;
    std::memcpy(&bits, bytes.data() + at, sizeof bits);
    found |= (bits & exponent) == exponent;
  }
  return found;
}

bool holds_non_finite(model::DataType dtype, model::Bytes bytes) {
  switch (dtype) {
    case model::DataType::kFloat:
      return has_full_exponent<std::uint32_t>(bytes, 0x7f800000U);
    case model::DataType::kDouble:
      return has_full_exponent<std::uint64_t>(bytes, 0x7ff0000000000000U);
    case model::DataType::kFloat16:
      return has_full_exponent<std::uint16_t>(bytes, 0x7c00U);
    case model::DataType::kBfloat16:
      return has_full_exponent<std::uint16_t>(bytes, 0x7f80U);
    default:
      return false;
  }
}

/// A side file of a few blocks may be a terabyte long.
bool holds_non_finite(const model::TensorRef& tensor, model::Bytes bytes, WeightScan* scan) {
  constexpr std::size_t kBytesAtOnce = std::size_t{1} << 24;  // whole elements of any type
  for (std::size_t at = 0; at < bytes.size(); at += kBytesAtOnce) {
    if (scan != nullptr && !model::check_deadline(scan->deadline)) {
      scan->was_stopped = true;
      return false;
    }
    if (holds_non_finite(tensor.dtype, bytes.substr(at, kBytesAtOnce))) return true;
  }
  return false;
}

/// What is wrong with them, if anything.
Broken wrong_with(const model::TensorRef& tensor, WeightScan* scan) {
  const std::string name = model::printable(tensor.name);
  const Breach non_finite{fmt::format("weights '{}' hold Inf or NaN", name), "not finite"};
  const auto of = [&](model::Bytes bytes) {
    return holds_non_finite(tensor, bytes, scan) ? Broken(non_finite) : std::nullopt;
  };
  if (tensor.storage == model::Storage::kRaw) return of(tensor.raw);
  const bool is_external = tensor.storage == model::Storage::kExternal;
  const auto external = is_external ? model::read_external(tensor) : model::Bytes();
  const auto packed = is_external ? std::string() : model::read_packed(tensor);
  if (!external || !packed)
    return Breach{fmt::format("weights '{}' cannot be read: {}", name,
                              model::to_string(external ? packed.error() : external.error())),
                  "not read"};
  return of(is_external ? *external : model::Bytes(*packed));
}

bool is_padded(const WindowCase& window) {
  if (!window.layer().pads.nodes.empty() || !window.pads()) return true;
  return std::any_of(window.pads()->begin(), window.pads()->end(), [](std::int64_t pad) { return pad != 0; });
}

/// The constants that the weights are made of, through what exporters put between them and the layer.
std::vector<const model::TensorRef*> constants_of(const WindowCase& window) {
  std::vector<const model::TensorRef*> constants;
  const Layer& layer = window.layer();
  std::vector<Place> open{
      input_place(*layer.instance, *layer.node, layer.meaning.weight_input.value_or(0), ignore_passed)};
  for (int looked_at = 0; !open.empty() && looked_at < kMostWeightNodes; ++looked_at) {
    const Place at = open.back();
    open.pop_back();
    if (at.is_absent()) continue;
    if (const model::TensorRef* const constant = at.instance->constant(at.value)) {
      constants.push_back(constant);
      continue;
    }
    const model::Node* const node = at.producer();
    if (node == nullptr || !node->domain.empty()) continue;
    const auto* const carrier =
        std::find_if(kWeightCarriers.begin(), kWeightCarriers.end(),
                     [&](const WeightCarrier& each) { return each.op_type == node->op_type; });
    if (carrier == kWeightCarriers.end()) continue;
    for (std::size_t i = 0; i < carrier->operands; ++i)
      open.push_back(input_place(*at.instance, *node, i, ignore_passed));
  }
  return constants;
}

}  // namespace

Broken has_non_finite_weights(const WindowCase& window) {
  // A transposed convolution multiplies no padding: its pads crop.
  if (!window.is_conv() || !is_padded(window)) return std::nullopt;
  for (const model::TensorRef* const constant : constants_of(window))
    if (Broken wrong = wrong_with(*constant, window.scan())) return wrong;
  return std::nullopt;
}

}  // namespace padproof::verifier
