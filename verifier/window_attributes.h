// SPDX-License-Identifier: Apache-2.0
// The attributes of a sliding-window operator, read and checked against its schema, before any padding is
// resolved.
#pragma once

#include <optional>
#include <vector>

#include "verifier/window.h"

namespace padproof::verifier {

enum class AutoPad { kNotSet, kSameUpper, kSameLower, kValid };

/// What the attributes say before any extent is considered.
struct WindowRequest {
  AutoPad auto_pad = AutoPad::kNotSet;
  std::optional<std::vector<std::int64_t>> pads;          // begins, then ends
  std::optional<std::vector<std::int64_t>> output_shape;  // transposed convolution only
  std::vector<std::int64_t> output_padding;
  bool reversed_split = false;  // ConvTranspose-1, whose two statements of the split contradict each other
};

/// Puts the attribute's name into the diagnostic.
model::Error at(std::string_view attribute, model::Error error);

/// Attributes of another version of the schema are an error.
model::Result<void> check_versions(const model::Attributes& attributes, WindowKind kind, std::int64_t opset);

/// Everything but the axes.
model::Result<Window> read_scalars(const model::Attributes& attributes, WindowKind kind);

/// Extents, kernels, strides and dilations; pads and outputs are left 0.
model::Result<std::vector<WindowAxis>> read_axes(const model::Attributes& attributes, bool has_weights,
                                                 const Dims& data, const Dims* weights);

model::Result<WindowRequest> read_request(const model::Attributes& attributes, WindowKind kind,
                                          std::int64_t opset, std::size_t spatial);

}  // namespace padproof::verifier
