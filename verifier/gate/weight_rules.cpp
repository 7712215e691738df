// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "model/tensor_values.h"
#include "verifier/gate/predicates.h"

namespace padproof::verifier {
namespace {

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

bool holds_non_finite(const model::TensorRef& tensor, model::Bytes bytes) {
  switch (tensor.dtype) {
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

/// What is wrong with them, if anything; empty otherwise.
std::string wrong_with(const model::TensorRef& tensor) {
  const std::string name = model::printable(tensor.name);
  const std::string non_finite = fmt::format("weights '{}' hold Inf or NaN", name);
  if (tensor.storage == model::Storage::kRaw) return holds_non_finite(tensor, tensor.raw) ? non_finite : "";
  const bool is_external = tensor.storage == model::Storage::kExternal;
  const auto external = is_external ? model::read_external(tensor) : model::Bytes();
  const auto packed = is_external ? std::string() : model::read_packed(tensor);
  if (!external || !packed)
    return fmt::format("weights '{}' cannot be read: {}", name,
                       model::to_string(external ? packed.error() : external.error()));
  return holds_non_finite(tensor, is_external ? *external : model::Bytes(*packed)) ? non_finite : "";
}

bool is_padded(const WindowCase& window) {
  if (!window.layer().pads.nodes.empty() || !window.pads()) return true;
  return std::any_of(window.pads()->begin(), window.pads()->end(), [](std::int64_t pad) { return pad != 0; });
}

}  // namespace

Broken has_non_finite_weights(const WindowCase& window) {
  const model::TensorRef* const constant = window.layer().weights.constant;
  if (constant == nullptr || !is_padded(window)) return std::nullopt;
  std::string wrong = wrong_with(*constant);
  return wrong.empty() ? std::nullopt : Broken(std::move(wrong));
}

}  // namespace padproof::verifier
