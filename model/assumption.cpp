// SPDX-License-Identifier: Apache-2.0
#include "model/assumption.h"

#include <fmt/format.h>

namespace padproof::model {

Extent Assumption::extent() const {
  return ceil_div(symbol, modulus) * modulus - (modulus - residue) % modulus;
}

std::int64_t Assumption::size_from(std::int64_t least) const {
  return least + ((residue - least) % modulus + modulus) % modulus;
}

std::string Assumption::to_string() const {
  return fmt::format("{} % {} = {}", symbol.to_string(), modulus, residue);
}

Extent unnamed_extent(const ValueInfo& input, std::size_t axis) {
  return Extent::symbol(fmt::format("{}[{}]", input.name, axis));
}

}  // namespace padproof::model
