// SPDX-License-Identifier: Apache-2.0
// Which operators slide a window, and what their attributes are called. No arithmetic: what pads mean is
// stated by the converter and, independently, by the verifier. Source: ONNX operator schemas, opsets 1 to 28.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace padproof::model {

enum class WindowFamily { kConv, kConvTranspose, kMaxPool, kAveragePool, kLpPool };

struct WindowOperator {
  std::string_view op_type;
  WindowFamily family;
  int data_input;
  int weight_input;      // -1: none, kernel_shape is an attribute
  int zero_point_input;  // -1: none; the pad value of the data
  int dilations_since;   // first opset whose schema has the attribute
  int ceil_mode_since;   // 0: never
};

/// The operators of the standard domain that take auto_pad.
std::span<const WindowOperator> window_operators();

/// The row for an operator, or null.
const WindowOperator* find_window_operator(std::string_view domain, std::string_view op_type);

}  // namespace padproof::model
