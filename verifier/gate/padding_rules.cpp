// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "verifier/diff/sign.h"
#include "verifier/gate/predicates.h"
#include "verifier/gate/zero_pads.h"

namespace padproof::verifier {
namespace {

bool is_whole_number(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc{} && end == word.data() + word.size();
}

/// Of a Pad as layer.h writes it: a mode and amounts.
bool has_open_amounts(std::string_view pad) {
  for (std::size_t at = pad.find(' '); at != std::string_view::npos; at = pad.find(' ', at + 1)) {
    const std::size_t end = std::min(pad.find(' ', at + 1), pad.size());
    if (!is_whole_number(pad.substr(at + 1, end - at - 1))) return true;
  }
  return false;
}

/// Along which a pool's pads are not smaller than its kernel.
std::optional<std::size_t> axis_of_large_pads(const WindowCase& window) {
  if (!window.is_pool() || !window.pads()) return std::nullopt;
  const std::size_t axes = window.axes().size();
  for (std::size_t i = 0; i < axes; ++i)
    if (std::max((*window.pads())[i], (*window.pads())[i + axes]) >= window.axes()[i].kernel) return i;
  return std::nullopt;
}

/// How the padding is left to others; empty if it is not.
std::string implicit_mode(const WindowCase& window) {
  if (window.is_transposed() && window.attributes().has("output_shape")) return "output_shape";
  return window.is_same() ? "auto_pad=" + window.padding_text() : "";
}

std::string implicit_text(const std::string& mode, const WindowCase& window) {
  if (window.pads()) return fmt::format("{}, which comes to pads={}", mode, text_of(*window.pads()));
  if (window.is_dynamic()) return fmt::format("{} over {}", mode, shape_of(window));
  return mode;
}

/// Where converting is no remedy, what is.
std::string why_not_written(const WindowCase& window) {
  if (axis_of_large_pads(window))
    return "; ONNX Runtime loads no pool with such pads written out: put a Pad node in front";
  if (!window.is_transposed() || window.is_dynamic()) return "";
  const auto& pads = window.pads();
  const bool is_old = window.layer().instance->opset_of(*window.layer().node) < 11;
  if (!pads && is_old && !is_transposed_same_with_negative_total(window))
    return "; ConvTranspose-1 contradicts itself about odd totals, which convert refuses: export with opset "
           "11";
  if (!pads || std::any_of(pads->begin(), pads->end(), [](std::int64_t pad) { return pad < 0; }))
    return "; its windows do not reach such an output, which convert refuses: state pads and output_padding";
  return "";
}

}  // namespace

Broken is_implicit(const WindowCase& window) {
  const std::string mode = implicit_mode(window);
  if (mode.empty()) return std::nullopt;
  return Breach{implicit_text(mode, window) + why_not_written(window), mode};
}

Broken depends_on_extent(const WindowCase& window) {
  if (window.is_dynamic())
    return Breach{fmt::format("{}: an extent that matters is open", shape_of(window)), "open extent"};
  for (const std::string& pad : window.layer().open_pads)
    if (has_open_amounts(pad))
      return Breach{"a Pad in front of it has amounts that are computed when the model runs",
                    "computed amounts"};
  return std::nullopt;
}

Broken has_auto_pad_and_pads(const WindowCase& window) {
  if (window.auto_pad() == AutoPad::kNotSet || !window.listed_pads()) return std::nullopt;
  return breach_of(
      fmt::format("auto_pad={} and pads={}", window.padding_text(), text_of(*window.listed_pads())));
}

Broken is_asymmetric(const WindowCase& window) {
  if (!window.pads()) return std::nullopt;
  const auto& pads = *window.pads();
  const auto half = pads.begin() + std::ssize(pads) / 2;
  if (std::equal(pads.begin(), half, half)) return std::nullopt;
  const std::string text = fmt::format("pads={}", text_of(pads));
  // What SAME comes to changes with the extents.
  const std::string mode = implicit_mode(window);
  return Breach{text, mode.empty() ? text : mode};
}

Broken has_zero_pad_in_front(const WindowCase& window) {
  if (window.kind() != WindowKind::kMaxPool) return std::nullopt;
  const auto pads = zero_pads_in_front(window.layer());
  if (!pads || is_never_negative(pads->data)) return std::nullopt;
  const std::string zeros = text_of(pads->before) + "," + text_of(pads->after);
  return Breach{fmt::format("a Pad with zeros ({}) stands in front, and its data {} can be negative", zeros,
                            pads->data.name()),
                zeros};
}

Broken pads_reach_kernel(const WindowCase& window) {
  // Of SAME the pads are not looked at when the model is loaded.
  if (window.is_same()) return std::nullopt;
  const auto axis = axis_of_large_pads(window);
  if (!axis) return std::nullopt;
  return breach_of(fmt::format("pads={} with a kernel of {} (dilation {}) along axis {}",
                               text_of(*window.pads()), window.axes()[*axis].kernel,
                               window.axes()[*axis].dilation, *axis + 2));
}

}  // namespace padproof::verifier
