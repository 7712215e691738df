// SPDX-License-Identifier: Apache-2.0
// The rows of SEMANTICS: nodes on which runtimes are known to disagree.
#include <fmt/format.h>

#include <algorithm>

#include "verifier/gate/predicates.h"

namespace padproof::verifier {
namespace {

bool any_axis(const WindowCase& window, auto predicate) {
  return std::any_of(window.axes().begin(), window.axes().end(), predicate);
}

bool is_dilated(const CaseAxis& axis) { return axis.dilation > 1 && axis.kernel > 1; }
bool is_strided(const CaseAxis& axis) { return axis.stride > 1; }

/// What the windows of SAME reach beyond the data, before it is taken for 0 where it is less: the least there
/// is if the extent is open.
std::int64_t least_total(const CaseAxis& axis) {
  const std::int64_t residue = axis.residue.value_or(0);
  return axis.effective_kernel() - (residue == 0 ? axis.stride : residue);
}

std::string kernel_text(const WindowCase& window) {
  std::string kernels;
  std::string strides;
  std::string dilations;
  for (const CaseAxis& axis : window.axes()) {
    kernels += fmt::format("{}{}", kernels.empty() ? "" : "x", axis.kernel);
    dilations += fmt::format("{}{}", dilations.empty() ? "" : "x", axis.dilation);
    strides += fmt::format("{}{}", strides.empty() ? "" : "x", axis.stride);
  }
  return fmt::format("kernel {}, strides {}{}", kernels, strides,
                     any_axis(window, is_dilated) ? ", dilations " + dilations : "");
}

Broken when(bool is_broken, const WindowCase& window) {
  if (!is_broken) return std::nullopt;
  const auto& wanted = window.attributes().ints("output_shape");
  const std::string asked =
      wanted.empty() || !window.is_transposed() ? "" : fmt::format("output_shape={}, ", text_of(wanted));
  const std::string mode =
      window.auto_pad() == AutoPad::kNotSet ? "" : fmt::format("auto_pad={}, ", window.padding_text());
  return Breach{asked + mode + kernel_text(window), mode + kernel_text(window)};
}

std::int64_t output_padding(const WindowCase& window) {
  std::int64_t most = 0;
  for (const std::int64_t cells : window.attributes().ints("output_padding")) most = std::max(most, cells);
  return most;
}

/// Pools that ONNX Runtime computes without checking their pads.
bool rounds_like_conv(const WindowCase& window) {
  const std::int64_t opset = window.layer().instance->opset_of(*window.layer().node);
  return window.kind() == WindowKind::kLpPool || (window.kind() == WindowKind::kAveragePool && opset >= 19);
}

}  // namespace

Broken is_strided_same(const WindowCase& window) {
  return when(window.is_conv() && window.is_same() && any_axis(window, is_strided), window);
}

Broken is_valid_conv(const WindowCase& window) {
  const auto is_wide = [](const CaseAxis& axis) { return axis.effective_kernel() > 1; };
  return when(window.is_conv() && window.auto_pad() == AutoPad::kValid && any_axis(window, is_wide), window);
}

Broken is_same_with_negative_total(const WindowCase& window) {
  if (!window.is_same() || window.is_transposed()) return std::nullopt;
  // ONNX Runtime's convolutions round what is negative towards 0, and so come right where it is little; its
  // pools refuse it.
  const bool is_upper = window.auto_pad() == AutoPad::kSameUpper;
  const std::int64_t least = window.is_conv()           ? (is_upper ? -2 : -3)
                             : rounds_like_conv(window) ? (is_upper ? -1 : -2)
                                                        : 0;
  return when(any_axis(window, [&](const CaseAxis& axis) { return least_total(axis) < least; }), window);
}

Broken is_same_dilated_pool(const WindowCase& window) {
  return when(window.is_pool() && window.is_same() && any_axis(window, is_dilated), window);
}

Broken is_same_dilated_conv(const WindowCase& window) {
  // Refused even where the kernel is 1.
  const auto has_dilation = [](const CaseAxis& axis) { return axis.dilation > 1; };
  return when(window.is_conv() && window.is_same() && any_axis(window, has_dilation), window);
}

Broken is_strided_same_lower_pool(const WindowCase& window) {
  return when(window.kind() == WindowKind::kMaxPool && window.auto_pad() == AutoPad::kSameLower &&
                  any_axis(window, is_strided),
              window);
}

Broken is_valid_with_ceil_mode(const WindowCase& window) {
  if (window.auto_pad() != AutoPad::kValid || window.attributes().int_or("ceil_mode", 0) == 0)
    return std::nullopt;
  // The partial window counts if it begins inside.
  const auto has_rest = [](const CaseAxis& axis) {
    if (axis.stride >= axis.effective_kernel() + axis.stride - 1) return false;
    if (axis.extent) {
      const std::int64_t rest = (*axis.extent - axis.effective_kernel()) % axis.stride;
      return rest > 0 && axis.stride < axis.effective_kernel() + rest;
    }
    return axis.stride > 1 &&
           (!axis.residue ||
            (*axis.residue + axis.stride * axis.effective_kernel() - axis.effective_kernel()) % axis.stride !=
                0);
  };
  return when(any_axis(window, has_rest), window);
}

Broken is_transposed_same_with_output_padding(const WindowCase& window) {
  return when(window.is_transposed() && window.is_same() && output_padding(window) != 0, window);
}

Broken is_transposed_same_with_negative_total(const WindowCase& window) {
  if (!window.is_transposed() || !window.is_same() || window.attributes().has("output_shape"))
    return std::nullopt;
  const auto& extra = window.attributes().ints("output_padding");
  for (std::size_t i = 0; i < window.axes().size(); ++i) {
    const CaseAxis& axis = window.axes()[i];
    if (axis.effective_kernel() + (i < extra.size() ? extra[i] : 0) < axis.stride) return when(true, window);
  }
  return std::nullopt;
}

Broken has_odd_transposed_split(const WindowCase& window) {
  const bool is_asked_for = window.attributes().has("output_shape");
  if (!window.is_transposed() || (!window.is_same() && !is_asked_for)) return std::nullopt;
  const auto& extra = window.attributes().ints("output_padding");
  for (std::size_t i = 0; i < window.axes().size(); ++i) {
    const CaseAxis& axis = window.axes()[i];
    std::int64_t total = axis.effective_kernel() + (i < extra.size() ? extra[i] : 0) - axis.stride;
    if (is_asked_for) {
      if (!window.pads()) return when(true, window);
      total = (*window.pads())[i] + (*window.pads())[i + window.axes().size()];
    }
    if (total > 0 && total % 2 != 0) return when(true, window);
  }
  return std::nullopt;
}

Broken is_valid_with_stray_pads(const WindowCase& window) {
  const auto& pads = window.listed_pads();
  const bool is_stray = window.auto_pad() == AutoPad::kValid && pads &&
                        std::any_of(pads->begin(), pads->end(), [](std::int64_t pad) { return pad != 0; });
  if (!is_stray) return std::nullopt;
  return breach_of(fmt::format("auto_pad=VALID and pads={}", text_of(*pads)));
}

}  // namespace padproof::verifier
