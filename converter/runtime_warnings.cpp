// SPDX-License-Identifier: Apache-2.0
#include "converter/runtime_warnings.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::converter {
namespace {

using model::WindowFamily;

struct Case {
  const WindowNode& window;
  const std::vector<AxisWindow>& axes;
  const NodePlan& plan;

  [[nodiscard]] bool is_same() const {
    return plan.padding == PaddingMode::kSameUpper || plan.padding == PaddingMode::kSameLower;
  }
  [[nodiscard]] bool is_pool() const {
    return window.op.family != WindowFamily::kConv && window.op.family != WindowFamily::kConvTranspose;
  }
  [[nodiscard]] std::int64_t total(std::size_t axis) const {
    return plan.pads[axis] + plan.pads[axis + axes.size()];
  }
  [[nodiscard]] bool any_axis(auto predicate) const {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (predicate(i)) return true;
    }
    return false;
  }
};

bool pool_pads_reach_kernel(const Case& c) {
  return c.is_pool() && c.any_axis([&](std::size_t i) {
    return c.plan.pads[i] >= c.axes[i].kernel || c.plan.pads[i + c.axes.size()] >= c.axes[i].kernel;
  });
}

// A convolution comes right where little is missing: at -1 and -2, SAME_LOWER at -3 too. A pool fails at -1.
bool total_is_negative(const Case& c) {
  if (!c.is_same() || c.window.op.family == WindowFamily::kConvTranspose) return false;
  const std::int64_t least = c.is_pool() ? 0 : c.plan.padding == PaddingMode::kSameUpper ? -2 : -3;
  return c.any_axis([&](std::size_t i) {
    const auto extent =
        c.plan.input.size() == c.axes.size() + 2 ? c.plan.input[i + 2].constant() : std::nullopt;
    if (!extent) return c.axes[i].effective_kernel() - c.axes[i].stride < least;
    return *extent > 0 && unclamped_total(c.axes[i], *extent) < least;
  });
}

bool is_dilated(const Case& c) {
  return c.any_axis([&](std::size_t i) { return c.axes[i].dilation > 1 && c.axes[i].kernel > 1; });
}

bool same_pool_is_dilated(const Case& c) { return c.is_same() && c.is_pool() && is_dilated(c); }

bool same_conv_is_dilated(const Case& c) {
  return c.is_same() && c.window.op.family == WindowFamily::kConv && is_dilated(c);
}

bool valid_with_ceil(const Case& c) {
  if (c.plan.padding != PaddingMode::kValid || c.window.attributes.int_or("ceil_mode", 0) == 0) return false;
  return c.any_axis([&](std::size_t i) {
    const auto extent =
        c.plan.input.size() == c.axes.size() + 2 ? c.plan.input[i + 2].constant() : std::nullopt;
    return !extent || (*extent - c.axes[i].effective_kernel()) % c.axes[i].stride != 0;
  });
}

bool is_asymmetric(const Case& c) {
  return c.plan.status == NodeStatus::kRewritten &&
         c.any_axis([&](std::size_t i) { return c.plan.pads[i] != c.plan.pads[i + c.axes.size()]; });
}

bool has_both(const Case& c) {
  return c.plan.padding != PaddingMode::kExplicit && c.plan.padding != PaddingMode::kNotset &&
         c.window.attributes.has("auto_pad") && c.window.attributes.has("pads");
}

bool transposed_split_was_swapped(const Case& c) {
  return c.window.op.family == WindowFamily::kConvTranspose && c.plan.status == NodeStatus::kRewritten &&
         c.any_axis([&](std::size_t i) { return c.total(i) % 2 != 0; });
}

bool transposed_same_with_output_padding(const Case& c) {
  const auto& extra = c.window.attributes.ints("output_padding");
  return c.is_same() && c.window.op.family == WindowFamily::kConvTranspose &&
         std::any_of(extra.begin(), extra.end(), [](std::int64_t cells) { return cells != 0; });
}

bool pads_are_negative(const Case& c) {
  return std::any_of(c.plan.pads.begin(), c.plan.pads.end(), [](std::int64_t pad) { return pad < 0; });
}

bool rests_on_value_info(const Case& c) {
  return c.plan.status == NodeStatus::kRewritten && c.is_same() && c.window.data != nullptr &&
         c.window.data->rests_on_value_info;
}

// The pads fit one size while the model goes on accepting others.
bool holds_for_bound_size_only(const Case& c) {
  if (c.plan.status != NodeStatus::kRewritten || c.window.data == nullptr ||
      !c.window.data->rests_on_options) {
    return false;
  }
  if (c.plan.padding == PaddingMode::kOutputShape) return true;
  if (!c.is_same() || c.window.op.family == WindowFamily::kConvTranspose) return false;
  const Split split = c.plan.padding == PaddingMode::kSameUpper ? Split::kUpper : Split::kLower;
  return c.any_axis([&](std::size_t i) { return !same_pads_for_every_extent(c.axes[i], split); });
}

struct Rule {
  bool (*applies)(const Case&);
  std::string_view code;
  std::string_view text;
};

constexpr Rule kRules[] = {
    {pool_pads_reach_kernel, "pool-pads-reach-kernel",
     "ONNX Runtime refuses to load a pool whose pads are not smaller than its undilated kernel"},
    {total_is_negative, "negative-total",
     "ONNX Runtime runs the original with negative pads (kernel smaller than stride): its convolutions "
     "differ from "
     "the specification's, and so from the rewritten model's; its pools fail or differ"},
    {same_pool_is_dilated, "same-dilated-pool",
     "ONNX Runtime ignores dilations when it pads a SAME pool: its output shape for the original differs"},
    {same_conv_is_dilated, "same-dilated-conv", "ONNX Runtime refuses the original (SAME with dilations)"},
    {valid_with_ceil, "valid-ceil-mode",
     "VALID with ceil_mode: the specification's text drops the last partial window, runtimes and ONNX shape "
     "inference "
     "keep it; ceil_mode is kept, so runtimes give the same for both models"},
    {has_both, "auto-pad-and-pads",
     "the original has both auto_pad and pads, which the specification forbids: ONNX Runtime does not load "
     "such a Conv"},
    {transposed_split_was_swapped, "transposed-split",
     "ONNX Runtime before 1.13 splits an odd total of this ConvTranspose the other way round"},
    {transposed_same_with_output_padding, "transposed-output-padding",
     "ONNX shape inference adds output_padding to the extent of the original; the specification "
     "does not"},
    {pads_are_negative, "negative-pads", "negative pads crop; ONNX shape inference rejects them on Conv"},
    {rests_on_value_info, "rests-on-value-info",
     "the pads rest on a shape that the file records (value_info) and the operators do not confirm"},
    {holds_for_bound_size_only, "bound-size-only",
     "these pads are right for the sizes given with --input-shape or --assume only; the model itself still "
     "accepts others"},
    {is_asymmetric, "asymmetric-pads", "slower or refused on some targets (NNAPI among them)"},
};

}  // namespace

void add_runtime_warnings(const WindowNode& window, const std::vector<AxisWindow>& axes, NodePlan& plan) {
  if (!plan.resolved) return;
  const Case c{window, axes, plan};
  for (const Rule& rule : kRules) {
    if (rule.applies(c)) plan.warnings.push_back({std::string(rule.code), std::string(rule.text)});
  }
}

}  // namespace padproof::converter
