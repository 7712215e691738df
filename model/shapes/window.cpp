// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/window.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kMostCropped = std::int64_t{1} << 30;

struct AutoPad {
  Padding padding = Padding::kExplicit;
  bool uses_pads = true;
};

Result<AutoPad> read_auto_pad(const RuleContext& context) {
  const std::string_view value = context.attributes.string_or("auto_pad", "NOTSET");
  if (value == "SAME_UPPER" || value == "SAME_LOWER") return AutoPad{Padding::kSame, false};
  if (value == "VALID") return AutoPad{Padding::kExplicit, false};
  if (value == "NOTSET" || value.empty()) return AutoPad{};
  return bad_attribute("auto_pad", "the padding mode is not known", printable(value),
                       "NOTSET, SAME_UPPER, SAME_LOWER or VALID");
}

/// An attribute that the version does not have may still be written out if it changes nothing.
Result<void> check_version(const RuleContext& context, std::string_view name, std::int64_t since,
                           bool harmless) {
  if (harmless || (since != 0 && context.opset >= since)) return {};
  return bad_attribute(name, "this version of the operator does not have the attribute",
                       fmt::format("opset {}", context.opset),
                       since == 0 ? "no opset" : fmt::format("opset >= {}", since));
}

Result<std::vector<Extent>> read_kernel(const RuleContext& context, std::size_t rank,
                                        const std::vector<Extent>* weight_kernel) {
  if (weight_kernel == nullptr) {
    if (auto present = require_attribute(context, "kernel_shape"); !present) return Error(present.error());
  }
  const auto listed = read_list(context, "kernel_shape", rank, 1, 1);
  if (!listed) return Error(listed.error());
  std::vector<Extent> kernel(listed->begin(), listed->end());
  if (weight_kernel == nullptr) return kernel;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const Extent& own = (*weight_kernel)[axis];
    if (own.is_constant() && own.value() <= 0) {
      return malformed("empty-kernel", "the weight has no taps", own.to_string(), ">= 1");
    }
    auto agreed = context.attributes.has("kernel_shape")
                      ? unify(kernel[axis], own, "kernel_shape and the weight's extents")
                      : Result<Extent>(own);
    if (!agreed) return Error(agreed.error());
    kernel[axis] = std::move(*agreed);
  }
  return kernel;
}

/// With ceil_mode a window that would start in the end padding is left out (PyTorch; ONNX since opset 22 says
/// so, and runtimes do it in all versions). `starts` windows begin before it; `positions` =
/// ceil((H+pb+pe-ke)/s)+1, so that
///   positions <= starts      if ke - pe >= s
///   positions  = starts + 1  or starts, if ke >= pe
///   positions  > starts      otherwise, but only one window is ever left out.
Extent without_overhang(const WindowAxis& axis, const Extent& input, const Extent& positions) {
  const auto uncovered = (axis.reach() - axis.pad_end).constant();
  if (!uncovered) return {};
  if (*uncovered >= axis.stride) return positions;
  return *uncovered >= 0 ? ceil_div(input + axis.pad_begin, axis.stride) : positions - 1;
}

}  // namespace

Result<Window> read_window(const RuleContext& context, std::size_t rank, const WindowSchema& schema,
                           const std::vector<Extent>* weight_kernel) {
  const auto kernel = read_kernel(context, rank, weight_kernel);
  if (!kernel) return Error(kernel.error());
  const auto strides = read_list(context, "strides", rank, 1, 1);
  if (!strides) return Error(strides.error());
  const auto dilations = read_list(context, "dilations", rank, 1, 1);
  if (!dilations) return Error(dilations.error());
  // Negative ones crop: the text forbids them, and runtimes ran them for years.
  const auto pads = read_list(context, "pads", 2 * rank, 0, -kMostCropped);
  if (!pads) return Error(pads.error());
  const auto auto_pad = read_auto_pad(context);
  if (!auto_pad) return Error(auto_pad.error());

  Window window{{}, auto_pad->padding, context.attributes.int_or("ceil_mode", 0) != 0};
  const bool dilated =
      std::any_of(dilations->begin(), dilations->end(), [](std::int64_t d) { return d != 1; });
  if (auto ok = check_version(context, "dilations", schema.dilations_since, !dilated); !ok)
    return Error(ok.error());
  if (auto ok = check_version(context, "ceil_mode", schema.ceil_mode_since, !window.ceil_mode); !ok) {
    return Error(ok.error());
  }
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t begin = auto_pad->uses_pads ? (*pads)[axis] : 0;
    const std::int64_t end = auto_pad->uses_pads ? (*pads)[rank + axis] : 0;
    window.axes.push_back({(*kernel)[axis], (*strides)[axis], (*dilations)[axis], begin, end});
  }
  return window;
}

Result<Extent> window_extent(const Window& window, const WindowAxis& axis, const Extent& input) {
  if (window.padding == Padding::kSame) return ceil_div(input, axis.stride);
  const Extent padded = input + axis.pad_begin + axis.pad_end;
  const Extent room = padded - axis.reach();
  Extent positions = (window.ceil_mode ? ceil_div(room, axis.stride) : floor_div(room, axis.stride)) + 1;
  if (window.ceil_mode) positions = without_overhang(axis, input, positions);
  if (!positions.is_constant() || positions.value() > 0) return positions;
  // What a window over an empty input gives is not agreed upon.
  if (input.is_constant() && input.value() == 0) return Extent();
  return malformed("empty-output", "the window does not fit into the padded input", padded.to_string(),
                   ">= " + axis.reach().to_string());
}

Result<void> slide(const Window& window, Shape& shape, std::size_t first) {
  for (std::size_t axis = 0; axis < window.axes.size(); ++axis) {
    auto extent = window_extent(window, window.axes[axis], shape[first + axis]);
    if (!extent) return Error(extent.error());
    shape[first + axis] = std::move(*extent);
  }
  return {};
}

}  // namespace padproof::model::shapes
