// SPDX-License-Identifier: Apache-2.0
#include "verifier/window.h"

#include <algorithm>
#include <array>
#include <string>

#include "verifier/window_attributes.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::malformed;
using model::Result;
using model::unsupported;

struct OperatorRow {
  std::string_view domain;
  std::string_view op_type;
  WindowOperator meaning;
};

constexpr std::array kOperators = {
    OperatorRow{"", "Conv", {WindowKind::kConv, 0, 1}},
    OperatorRow{"", "ConvInteger", {WindowKind::kConv, 0, 1}},
    OperatorRow{"", "QLinearConv", {WindowKind::kConv, 0, 3}},
    OperatorRow{"", "ConvTranspose", {WindowKind::kTransposedConv, 0, 1}},
    OperatorRow{"", "MaxPool", {WindowKind::kMaxPool, 0, std::nullopt}},
    OperatorRow{"", "AveragePool", {WindowKind::kAveragePool, 0, std::nullopt}},
    OperatorRow{"", "LpPool", {WindowKind::kLpPool, 0, std::nullopt}},
    OperatorRow{"com.microsoft", "FusedConv", {WindowKind::kConv, 0, 1}},
};

/// Channels and kernel extents that the weights state, against the data and the attributes.
Result<void> check_channels(const Window& window, const Dims& data, const Dims& weights) {
  const bool transposed = window.kind == WindowKind::kTransposedConv;
  const std::int64_t channels = data[1];
  if (channels % window.group != 0)
    return at("group", malformed("group-channels", "channels are not divisible by the group count",
                                 std::to_string(channels), "a multiple of " + std::to_string(window.group)));
  const std::int64_t expected = transposed ? channels : channels / window.group;
  const std::int64_t stated = transposed ? weights[0] : weights[1];
  if (stated != expected)
    return malformed("weight-channels", "weights do not fit the data's channels", std::to_string(stated),
                     std::to_string(expected));
  if (!transposed && weights[0] % window.group != 0)
    return at("group",
              malformed("group-channels", "output channels are not divisible by the group count",
                        std::to_string(weights[0]), "a multiple of " + std::to_string(window.group)));
  return {};
}

std::int64_t effective_kernel(const WindowAxis& axis) { return (axis.kernel - 1) * axis.dilation + 1; }

/// Explicit pads: as many windows as fit; with ceil_mode one more that overhangs the end, unless it would
/// start past the input and the begin pad.
Result<void> resolve_explicit(WindowAxis& axis, bool ceil_mode) {
  const std::int64_t room = axis.in + axis.pad_begin + axis.pad_end - effective_kernel(axis);
  const std::int64_t slack = ceil_mode ? axis.stride - 1 : 0;
  if (room + slack < 0)
    return malformed("window-does-not-fit", "window is larger than the padded input",
                     std::to_string(effective_kernel(axis)),
                     std::to_string(axis.in + axis.pad_begin + axis.pad_end));
  axis.out = (room + slack) / axis.stride + 1;
  if (ceil_mode && (axis.out - 1) * axis.stride >= axis.in + axis.pad_begin) --axis.out;
  return {};
}

/// Gives away `total` cells of a transposed convolution's full output; a negative total, which an
/// output_shape may ask for, adds cells that nothing reaches. Halves are rounded down: the text writes a
/// plain division, and the suite's test_convtranspose_output_shape puts a single added cell at the end.
Result<void> crop(WindowAxis& axis, const WindowRequest& request, std::int64_t total) {
  if (total < 0 && (!request.output_shape || request.auto_pad == AutoPad::kSameUpper))
    return unsupported("negative-total-pad", "output is larger than the transposed convolution's full extent",
                       std::to_string(total), "at least 0");
  if (request.reversed_split && total % 2 != 0)
    return unsupported("reversed-split", "ConvTranspose before opset 11 contradicts itself about odd padding",
                       std::to_string(total), "an even total");
  const std::int64_t half = total / 2 - (total % 2 < 0 ? 1 : 0);
  axis.pad_begin = request.auto_pad == AutoPad::kSameUpper ? half : total - half;
  axis.pad_end = total - axis.pad_begin;
  return {};
}

Result<void> resolve_transposed(WindowAxis& axis, const WindowRequest& request, std::size_t index) {
  const std::int64_t full =
      (axis.in - 1) * axis.stride + effective_kernel(axis) + request.output_padding[index];
  const bool same = request.auto_pad == AutoPad::kSameUpper || request.auto_pad == AutoPad::kSameLower;
  if (request.output_shape || same) {
    axis.out = request.output_shape ? (*request.output_shape)[index] : axis.in * axis.stride;
    return crop(axis, request, full - axis.out);
  }
  axis.out = full - axis.pad_begin - axis.pad_end;
  if (axis.out < 1)
    return malformed("window-does-not-fit", "pads crop the whole output", std::to_string(axis.out),
                     "at least 1");
  return {};
}

Result<void> resolve_axis(WindowAxis& axis, const Window& window, const WindowRequest& request,
                          std::size_t index) {
  const std::size_t spatial = window.axes.size();
  if (request.pads && request.auto_pad == AutoPad::kNotSet) {
    axis.pad_begin = (*request.pads)[index];
    axis.pad_end = (*request.pads)[index + spatial];
  }
  if (window.kind == WindowKind::kTransposedConv) return resolve_transposed(axis, request, index);
  if (request.auto_pad == AutoPad::kNotSet || request.auto_pad == AutoPad::kValid)
    return resolve_explicit(axis, window.ceil_mode);
  resolve_same(axis, request.auto_pad == AutoPad::kSameUpper);
  return {};
}

/// The specification forbids `pads` beside auto_pad and runtimes differ about which wins; equal ones are
/// harmless.
Result<void> check_stray_pads(const Window& window, const WindowRequest& request) {
  if (!request.pads || request.auto_pad == AutoPad::kNotSet || request.output_shape) return {};
  const std::size_t spatial = window.axes.size();
  for (std::size_t i = 0; i < spatial; ++i) {
    const WindowAxis& axis = window.axes[i];
    if ((*request.pads)[i] != axis.pad_begin || (*request.pads)[i + spatial] != axis.pad_end)
      return at("pads", unsupported("auto-pad-and-pads", "pads contradict auto_pad"));
  }
  return {};
}

/// Taps of window `o` whose position is in [least, end).
TapRange taps_between(const WindowAxis& axis, std::int64_t o, std::int64_t least, std::int64_t end) {
  const std::int64_t start = o * axis.stride - axis.pad_begin;
  const auto taps_before = [&](std::int64_t limit) {
    if (limit <= start) return std::int64_t{0};
    return std::min(axis.kernel, (limit - start + axis.dilation - 1) / axis.dilation);
  };
  const std::int64_t first = taps_before(least);
  return {first, std::max(first, taps_before(end))};
}

}  // namespace

void resolve_same(WindowAxis& axis, bool upper) {
  const std::int64_t residue = axis.in % axis.stride;
  const std::int64_t last_has = residue == 0 ? axis.stride : residue;
  const std::int64_t total = std::max<std::int64_t>(0, effective_kernel(axis) - last_has);
  const std::int64_t smaller = total / 2;
  axis.pad_begin = upper ? smaller : total - smaller;
  axis.pad_end = total - axis.pad_begin;
  axis.out = axis.in / axis.stride + (residue == 0 ? 0 : 1);
}

std::optional<WindowOperator> window_operator(std::string_view domain, std::string_view op_type) {
  for (const OperatorRow& row : kOperators)
    if (row.domain == domain && row.op_type == op_type) return row.meaning;
  return std::nullopt;
}

Result<Window> resolve_window(const model::Node& node, model::Attributes attributes, std::int64_t opset,
                              const Dims& data, const Dims* weights) {
  const auto meaning = window_operator(node.domain, node.op_type);
  if (!meaning)
    return unsupported("not-a-window", "not a sliding-window operator", model::printable(node.op_type));
  if (data.size() < 3)
    return malformed("data-rank", "data has no spatial axis", std::to_string(data.size()), "rank 3 or more");
  if (!meaning->weight_input) weights = nullptr;
  if (auto checked = check_versions(attributes, meaning->kind, opset); !checked)
    return Error(checked.error());
  auto window = read_scalars(attributes, meaning->kind);
  if (!window) return window;
  auto axes = read_axes(attributes, meaning->weight_input.has_value(), data, weights);
  if (!axes) return Error(axes.error());
  window->axes = std::move(*axes);
  if (weights != nullptr)
    if (auto checked = check_channels(*window, data, *weights); !checked) return Error(checked.error());
  // The Microsoft domain is versioned on its own and follows the newest standard text.
  const std::int64_t text = node.domain.empty() ? opset : 22;
  const auto request = read_request(attributes, meaning->kind, text, window->axes.size());
  if (!request) return Error(request.error());
  for (std::size_t i = 0; i < window->axes.size(); ++i)
    if (auto done = resolve_axis(window->axes[i], *window, *request, i); !done) return Error(done.error());
  if (auto checked = check_stray_pads(*window, *request); !checked) return Error(checked.error());
  return window;
}

TapRange taps_inside(const WindowAxis& axis, std::int64_t o) { return taps_between(axis, o, 0, axis.in); }

std::int64_t counted_taps(const WindowAxis& axis, std::int64_t o, bool include_pad) {
  if (!include_pad) return taps_inside(axis, o).size();
  return taps_between(axis, o, -axis.pad_begin, axis.in + axis.pad_end).size();
}

}  // namespace padproof::verifier
