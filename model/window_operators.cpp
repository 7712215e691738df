// SPDX-License-Identifier: Apache-2.0
#include "model/window_operators.h"

#include <algorithm>

namespace padproof::model {
namespace {

constexpr WindowOperator kOperators[] = {
    // op_type, family, data, weight, zero point, dilations since, ceil_mode since
    {"Conv", WindowFamily::kConv, 0, 1, -1, 1, 0},
    {"ConvInteger", WindowFamily::kConv, 0, 1, 2, 10, 0},
    {"QLinearConv", WindowFamily::kConv, 0, 3, 2, 10, 0},
    {"ConvTranspose", WindowFamily::kConvTranspose, 0, 1, -1, 1, 0},
    {"MaxPool", WindowFamily::kMaxPool, 0, -1, -1, 10, 10},
    {"AveragePool", WindowFamily::kAveragePool, 0, -1, -1, 19, 10},
    {"LpPool", WindowFamily::kLpPool, 0, -1, -1, 18, 18},
};

}  // namespace

std::span<const WindowOperator> window_operators() { return kOperators; }

const WindowOperator* find_window_operator(std::string_view domain, std::string_view op_type) {
  if (!domain.empty()) return nullptr;
  const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                   [&](const WindowOperator& row) { return row.op_type == op_type; });
  return found == std::end(kOperators) ? nullptr : found;
}

}  // namespace padproof::model
